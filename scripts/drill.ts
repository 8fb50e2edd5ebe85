/**
 * Long tests: npm run drill -- NAME [--seed N] [--json] [--record]
 * Without a name it lists them. Exits 3 when what must hold does not; the seed that it prints repeats the same choices.
 * --record keeps the result in docs/drills/NAME.json, and writes the tables that documents take from it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { drills as deliveryDrills, type DrillReport } from "delivery/drills";
import { drills as localCloudDrills } from "local-cloud/drills";
import { drills as rehearsalDrills } from "rehearsals/drills";

const drills = { ...localCloudDrills, ...rehearsalDrills, ...deliveryDrills };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { seed: { type: "string" }, json: { type: "boolean" }, record: { type: "boolean" } },
    allowPositionals: true,
  });
  const [name] = positionals;
  if (name === undefined) return list();
  const load = drills[name];
  if (load === undefined || positionals.length > 1) {
    console.error(`drill: there is no drill "${positionals.join(" ")}". npm run drill lists them.`);
    return 2;
  }
  const seed = seedOf(values.seed);
  if (seed === undefined) {
    console.error(`drill: --seed takes a whole number from 0 to 4294967295, not ${String(values.seed)}.`);
    return 2;
  }
  console.error(`drill ${name}, seed ${seed}`);
  const startedAt = performance.now();
  const drill = await load();
  const report = await drill.run({ seed, log: (line) => console.error(line) });
  const { documents = [], ...outcome }: DrillReport = report;
  const presented = { name, seed, durationMs: Math.round(performance.now() - startedAt), ...outcome };
  present(presented, values.json);
  if (values.record === true) record(presented, documents);
  return report.ok ? 0 : 3;
}

async function list(): Promise<number> {
  for (const [name, load] of Object.entries(drills)) {
    console.log(`${name.padEnd(16)} ${(await load()).about}`);
  }
  return 0;
}

function seedOf(text: string | undefined): number | undefined {
  const seed = text === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(text);
  return Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 ? seed : undefined;
}

/** The commit is that of what was tested, the one before the result is committed. */
function record(report: Presented, documents: NonNullable<DrillReport["documents"]>): void {
  const git = (...args: readonly string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const commit = git("rev-parse", "HEAD");
  const dirty = git("status", "--porcelain", "--", "packages", "scripts") !== "";
  mkdirSync("docs/drills", { recursive: true });
  const json = JSON.stringify({ commit, dirty, ...report }, null, 2);
  writeFileSync(`docs/drills/${report.name}.json`, `${json}\n`);
  for (const { file, marker, text } of documents) {
    const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
    const [before = "", rest = ""] = readFileSync(file, "utf8").split(start);
    writeFileSync(file, `${before}${start}\n\n${text}\n\n${end}${rest.split(end)[1] ?? ""}`);
  }
  const files = documents.map(({ file }) => file);
  execFileSync("npx", ["prettier", "--write", `docs/drills/${report.name}.json`, ...files]);
}

type Presented = DrillReport & {
  readonly name: string;
  readonly seed: number;
  readonly durationMs: number;
};

function present(report: Presented, asJson = false): void {
  if (asJson) return console.log(JSON.stringify(report));
  console.log(JSON.stringify(report.result, null, 2));
  const seconds = Math.round(report.durationMs / 1000);
  console.log(`drill ${report.name} ${report.ok ? "holds" : "FAILS"}: seed ${report.seed}, ${seconds} s`);
}
