import process from "node:process";
import { documented } from "../coverage/documented.ts";
import { coverageMarkdown } from "../coverage/markdown.ts";

/** Prints docs/coverage.md. Returns the exit code. */
export async function coverage(): Promise<number> {
  process.stdout.write(coverageMarkdown(await documented()));
  return 0;
}
