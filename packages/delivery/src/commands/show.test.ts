import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../ledger/entry.ts";
import { presentEntries } from "./show.ts";

const JUDGED: LedgerEntry = {
  schema: 1,
  seq: 7,
  at: "2026-01-01T00:00:00.000Z",
  actor: { kind: "ci", name: "ada", runUrl: "https://github.example/runs/1" },
  lease: { owner: "runner/12", nonce: "n" },
  environment: "production",
  rolloutId: "o-1",
  type: "judged",
  releaseId: "r-1",
  versionId: "v-1",
  durationMs: 1234,
  exceptions: { duringFreeze: "a hole in sign-in" },
  verdict: {
    gate: "health@10",
    result: "fail",
    measurements: [{ probe: "health@10", result: "fail", detail: "HTTP 503, database down" }],
  },
};

describe("an entry shown whole", () => {
  test("says who, what, why, how long, and every measurement", () => {
    const text = presentEntries([JUDGED]);

    for (const part of [
      "7  judged  2026-01-01T00:00:00.000Z  after 1.2 s",
      "ada (ci) https://github.example/runs/1",
      "duringFreeze: a hole in sign-in",
      "health@10: fail",
      "fail  health@10  HTTP 503, database down",
    ])
      expect(text).toContain(part);
  });
});
