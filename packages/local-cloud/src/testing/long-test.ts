import { test } from "vitest";
import { inSample } from "../drills/sample.ts";

/** A test that takes seconds: `npm test` runs one in three of them, chosen by the commit, and `npm run drill -- tests` all. */
export function longTest(name: string, body: () => Promise<void>): void {
  test.runIf(inSample(name))(name, body);
}
