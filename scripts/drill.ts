/**
 * Long tests: npm run drill -- NAME [--seed N] [--json]
 * Without a name it lists them. Exits 3 when what must hold does not; the seed that it prints repeats the same choices.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { drills as localCloudDrills, type DrillReport } from "local-cloud/drills";
import { drills as rehearsalDrills } from "rehearsals/drills";

const drills = { ...localCloudDrills, ...rehearsalDrills };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { seed: { type: "string" }, json: { type: "boolean" } },
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
  present({ name, seed, durationMs: Math.round(performance.now() - startedAt), ...report }, values.json);
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
