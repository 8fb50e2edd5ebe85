/**
 * Long tests: npm run drill -- NAME [--seed N] [--resume] [--only TEXT] [--json] [--record]
 * Without a name it lists them. Exits 3 when what must hold does not; the seed that it prints repeats the same choices.
 * --resume goes on with an interrupted run of the same commit, where the drill is done in parts. --only does the parts whose names have the text.
 * --record keeps the result in docs/drills/NAME.json, and writes the tables that documents take from it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { drills as deliveryDrills, type DrillReport } from "delivery/drills";
import { drills as localCloudDrills } from "local-cloud/drills";
import { drills as rehearsalDrills } from "rehearsals/drills";
import { beginProgress, resumeProgress } from "./drill-progress.ts";

const drills = { ...localCloudDrills, ...rehearsalDrills, ...deliveryDrills };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const parsed = parsedOptions(args);
  if (typeof parsed === "string") {
    console.error(
      `drill: ${parsed}\n  npm run drill -- NAME [--seed N] [--resume] [--only TEXT] [--json] [--record]`,
    );
    return 2;
  }
  const { values, positionals } = parsed;
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
  if (values.record === true && values.only !== undefined) {
    console.error("drill: --record keeps whole drills, and --only leaves parts out.");
    return 2;
  }
  const report = await runDrill(name, { ...values, load, seed });
  return report.ok ? 0 : 3;
}

/** @returns what is wrong with them */
function parsedOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        resume: { type: "boolean" },
        only: { type: "string" },
        json: { type: "boolean" },
        record: { type: "boolean" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where an interrupted run is kept; one of some parts only is no beginning of a whole one. */
function progressFile(name: string, only: string | undefined): string {
  return `node_modules/.cache/drills/${name}${only === undefined ? "" : ".only"}.json`;
}

async function runDrill(
  name: string,
  {
    load,
    seed,
    ...values
  }: {
    readonly load: (typeof drills)[string];
    readonly seed: number;
    readonly resume?: boolean;
    readonly only?: string;
    readonly json?: boolean;
    readonly record?: boolean;
  },
): Promise<DrillReport> {
  const file = progressFile(name, values.only);
  const commit = git("rev-parse", "HEAD");
  const resumed = values.resume === true ? resumeProgress(file, commit) : undefined;
  const progress = resumed ?? beginProgress(file, { commit, seed });
  console.error(`drill ${name}, seed ${progress.seed}${resumed ? ", resumed" : ""}`);
  const drill = await load();
  const report: DrillReport = await drill.run({
    seed: progress.seed,
    log: (line) => console.error(line),
    only: values.only ?? "",
    once: (part, work) => progress.once(part, work),
  });
  if (report.ok) progress.forget();
  const { documents = [], ...outcome } = report;
  const presented = {
    name,
    seed: progress.seed,
    durationMs: progress.durationMs(),
    ...(progress.failed.length > 0 && { failedBefore: progress.failed }),
    ...outcome,
  };
  present(presented, values.json);
  if (values.record === true) record(presented, documents);
  return report;
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
  const commit = git("rev-parse", "HEAD");
  const dirty = git("status", "--porcelain", "--", "packages", "rehearsals", "scripts") !== "";
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

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
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
