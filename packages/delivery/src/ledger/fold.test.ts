import { describe, expect, test } from "vitest";
import type { LedgerEntry, NewEntry } from "./entry.ts";
import { foldLedger, rollbackTarget } from "./fold.ts";

function ledger(...entries: NewEntry[]): readonly LedgerEntry[] {
  return entries.map((entry, index) => ({
    schema: 1,
    seq: index + 1,
    at: new Date(index * 1000).toISOString(),
    actor: { kind: "person", name: "someone" },
    lease: { owner: "host/1", nonce: "n" },
    environment: "staging",
    ...entry,
  }));
}

function delivered(name: string): NewEntry[] {
  const common = {
    rolloutId: `o-${name}`,
    releaseId: name,
    versionId: `v-${name}`,
    archiveSha256: `sha-${name}`,
  };
  return [
    { ...common, type: "planned" },
    { ...common, type: "uploaded", etag: `etag-${name}`, secrets: { KEY: "print" } },
    { ...common, type: "proven" },
  ];
}

const rolledBackTo = (name: string): NewEntry => ({
  rolloutId: "o-back",
  type: "rolled_back",
  releaseId: name,
  versionId: `v-${name}`,
});

describe("an environment's state", () => {
  test("is empty without a ledger", () => {
    expect(foldLedger([])).toMatchObject({
      current: undefined,
      open: undefined,
      lease: undefined,
      unfinishedRollback: false,
      nextSeq: 1,
    });
  });

  test("names the release that was proven last, with what was uploaded", () => {
    const { current } = foldLedger(ledger(...delivered("one"), ...delivered("two")));

    expect(current).toMatchObject({
      releaseId: "two",
      versionId: "v-two",
      etag: "etag-two",
      secrets: { KEY: "print" },
    });
  });

  test("has an open rollout until it is proven or aborted", () => {
    const [planned, uploaded] = delivered("one");
    const begun = ledger(...[planned, uploaded].filter((entry) => entry !== undefined));

    expect(foldLedger(begun).open?.rolloutId).toBe("o-one");
    expect(foldLedger(ledger(...begun, { rolloutId: "o-one", type: "aborted" })).open).toBeUndefined();
  });

  test("has a lease from taking it to giving it back", () => {
    const taken = ledger({ rolloutId: "", type: "lease_acquired" });

    expect(foldLedger(taken).lease).toEqual({ owner: "host/1", nonce: "n" });
    expect(
      foldLedger(ledger({ rolloutId: "", type: "lease_acquired" }, { rolloutId: "", type: "lease_released" }))
        .lease,
    ).toBeUndefined();
  });
});

test("a release that a rollback uploaded again is current as its new version", () => {
  const again: NewEntry = {
    ...rolledBackTo("one"),
    versionId: "v-one-again",
    etag: "etag-one",
    secrets: { KEY: "newer print" },
  };

  const state = foldLedger(ledger(...delivered("one"), ...delivered("two"), again));

  expect(state.current).toMatchObject({
    releaseId: "one",
    versionId: "v-one-again",
    archiveSha256: "sha-one",
    secrets: { KEY: "newer print" },
    abandoned: false,
  });
  expect(state.proven.map(({ versionId, abandoned }) => [versionId, abandoned])).toEqual([
    ["v-one", false],
    ["v-two", true],
    ["v-one-again", false],
  ]);
});

describe("the release to roll back to", () => {
  const target = (entries: readonly LedgerEntry[], serving: string) =>
    rollbackTarget(foldLedger(entries), serving)?.releaseId;

  test("is the one that was proven before what serves", () => {
    expect(target(ledger(...delivered("one"), ...delivered("two")), "v-two")).toBe("one");
  });

  test("is never one that an earlier rollback left", () => {
    const entries = ledger(
      ...delivered("one"),
      ...delivered("two"),
      rolledBackTo("one"),
      ...delivered("three"),
    );

    expect(target(entries, "v-three")).toBe("one");
  });

  test("is the last decision when something else serves", () => {
    expect(target(ledger(...delivered("one"), ...delivered("two")), "v-foreign")).toBe("two");
  });

  test("doesn't abandon the decision that a rollback restores", () => {
    const entries = ledger(...delivered("one"), rolledBackTo("one"), ...delivered("two"));

    expect(target(entries, "v-two")).toBe("one");
  });

  test("doesn't exist after a first delivery", () => {
    expect(target(ledger(...delivered("one")), "v-one")).toBeUndefined();
  });
});
