import { test, type TestFunction } from "vitest";
import { inSample } from "../drills/sample.ts";

/** A test that takes seconds: `npm test` runs one in four of them, chosen by the commit, and `npm run drill -- tests` all. */
export function longTest(name: string, body: TestFunction, limitMs?: number): void {
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- they are the caller's
  test.runIf(inSample(name))(name, body, limitMs);
}
