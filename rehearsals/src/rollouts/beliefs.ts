import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "testkit";

/** A module that makes a process believe something else of its machine. */
function believing(code: string): { readonly NODE_OPTIONS: string } {
  const file = join(temporaryFolder("belief"), "belief.mjs");
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--import=${file}` };
}

const HOUR_MS = 3_600_000;

/** The machine's clock is wrong by so many hours. */
export function clockWrongBy(hours: number): { readonly NODE_OPTIONS: string } {
  return believing(`const Right = Date;
const now = () => Right.now() + ${hours * HOUR_MS};
globalThis.Date = class extends Right {
  constructor(...args) { super(...(args.length === 0 ? [now()] : args)); }
  static now() { return now(); }
};
`);
}

/** The machine has another name, so that nobody can look whether its processes live. */
export function elsewhere(): { readonly NODE_OPTIONS: string } {
  return believing(`import os from "node:os";
import { syncBuiltinESMExports } from "node:module";
os.hostname = () => "elsewhere";
syncBuiltinESMExports();
`);
}
