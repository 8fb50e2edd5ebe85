import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "./entry.ts";
import { mergePending } from "./merge.ts";

function entry(seq: number, type: LedgerEntry["type"], nonce = "mine"): LedgerEntry {
  return {
    schema: 1,
    seq,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "person", name: "someone" },
    lease: { owner: "host/1", nonce },
    environment: "staging",
    rolloutId: "o-1",
    type,
  };
}

describe("entries that the ledger hasn't yet", () => {
  test("come after a person's request", () => {
    const merged = mergePending([entry(5, "requested", "theirs")], [entry(5, "routed")], "mine");

    expect(merged).toEqual({ kind: "merged", pending: [entry(6, "routed")] });
  });

  test("are not written twice when they had arrived", () => {
    const newer = [entry(5, "routed"), entry(6, "locked", "theirs")];

    expect(mergePending(newer, [entry(5, "routed"), entry(6, "judged")], "mine")).toEqual({
      kind: "merged",
      pending: [entry(7, "judged")],
    });
  });

  test("are not written at all once another process has the lease", () => {
    expect(mergePending([entry(5, "lease_taken", "theirs")], [entry(5, "routed")], "mine")).toEqual({
      kind: "lost",
    });
  });
});
