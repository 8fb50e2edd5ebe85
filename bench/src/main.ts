import process from "node:process";
import { parseArgs } from "node:util";
import type { BenchLine } from "./line.ts";
import { presentLine } from "./line.ts";
import { benchApp } from "./app.ts";
import { benchDelivery } from "./delivery.ts";
import { benchLocalCloud } from "./local-cloud.ts";

const BENCHES: Readonly<Record<string, () => Promise<readonly BenchLine[]>>> = {
  "local-cloud": benchLocalCloud,
  delivery: benchDelivery,
  app: benchApp,
};

process.exitCode = await main(process.argv.slice(2));

/** npm run bench [-- NAME] [--json]: measures, and exits 3 when a limit is not kept. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean" } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(
      `bench: there is no benchmark "${unknown}". There is: ${Object.keys(BENCHES).join(", ")}\n`,
    );
    return 2;
  }
  let ok = true;
  for (const name of names) {
    process.stderr.write(`measuring ${name}…\n`);
    for (const line of (await BENCHES[name]?.()) ?? []) {
      process.stdout.write(values.json === true ? `${JSON.stringify(line)}\n` : `${presentLine(line)}\n`);
      ok &&= line.ok;
    }
  }
  return ok ? 0 : 3;
}
