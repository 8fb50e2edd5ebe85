import { describe, expect, test } from "vitest";
import type { LedgerEntry, NewEntry } from "./entry.ts";
import { contractSince, foldLedger, rollbackTarget } from "./fold.ts";

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
      unfinishedRollback: undefined,
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

describe("a rollback", () => {
  const verified = (result: "pass" | "fail") => ({ gate: "rolled-back", result, measurements: [] });

  test("is unfinished until it is verified and its process has given the lease back", () => {
    const begun = [...delivered("one"), ...delivered("two")];
    const back = (result: "pass" | "fail"): NewEntry => ({
      ...rolledBackTo("one"),
      verdict: verified(result),
    });
    const released: NewEntry = { rolloutId: "", type: "lease_released" };
    const isUnfinished = (...entries: NewEntry[]) =>
      foldLedger(ledger(...begun, ...entries)).unfinishedRollback !== undefined;

    expect(isUnfinished(rolledBackTo("one"), released)).toBe(true);
    expect(isUnfinished(back("fail"), released)).toBe(true);
    expect(isUnfinished(back("pass"))).toBe(true);
    expect(isUnfinished(back("pass"), released)).toBe(false);
    expect(isUnfinished(back("fail"), back("pass"), released)).toBe(false);
  });

  test("stays unfinished when another process gives its own lease back", () => {
    const entries = ledger(...delivered("one"), ...delivered("two"), {
      ...rolledBackTo("one"),
      verdict: verified("pass"),
    });
    const another = ledger({ rolloutId: "", type: "lease_released" }).map((entry) => ({
      ...entry,
      lease: { owner: "another/1", nonce: "another" },
    }));

    expect(foldLedger([...entries, ...another]).unfinishedRollback).toBeDefined();
  });

  test("abandons the release that it left, however often that was proven", () => {
    const { proven } = foldLedger(
      ledger(...delivered("one"), ...delivered("two"), ...delivered("two"), rolledBackTo("one")),
    );

    expect(proven.map(({ abandoned }) => abandoned)).toEqual([false, true, true]);
  });

  test("to what no ledger knew makes it current, by what the entry says", () => {
    const { current } = foldLedger(
      ledger({ ...rolledBackTo("one"), etag: "etag-one", archiveSha256: "sha-one" }),
    );

    expect(current).toMatchObject({
      releaseId: "one",
      versionId: "v-one",
      etag: "etag-one",
      archiveSha256: "sha-one",
    });
  });
});

describe("a migration that takes something away", () => {
  const contract = { contract: "nobody reads the column any more" };
  const aborted = (name: string): NewEntry[] => [
    { rolloutId: `o-${name}`, releaseId: name, type: "planned", exceptions: contract },
    { rolloutId: `o-${name}`, releaseId: name, type: "migrated", schemaVersion: "2" },
    { rolloutId: `o-${name}`, releaseId: name, type: "aborted" },
  ];

  test("counts although its process ended before it was recorded: an upload comes after it", () => {
    const entries = [...delivered("one"), ...delivered("two")].map((entry) =>
      entry.type === "planned" && entry.releaseId === "two" ? { ...entry, exceptions: contract } : entry,
    );
    const state = foldLedger(ledger(...entries));
    const [one] = state.proven;

    expect(one && contractSince(state, one)).toBe(contract.contract);
  });

  test("concerns what was proven before it, also when its rollout was aborted", () => {
    const state = foldLedger(ledger(...delivered("one"), ...aborted("two"), ...delivered("three")));
    const [one, three] = state.proven;

    expect(one && contractSince(state, one)).toBe(contract.contract);
    expect(three && contractSince(state, three)).toBeUndefined();
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
    ["v-one-again", false],
    ["v-two", true],
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

  test("is never one that was passed over, nor one that was proven later", () => {
    const entries = ledger(
      ...delivered("one"),
      ...delivered("two"),
      ...delivered("three"),
      rolledBackTo("one"),
    );
    const finished = ledger(
      ...entries,
      { ...rolledBackTo("one"), verdict: { gate: "g", result: "pass", measurements: [] } },
      { rolloutId: "", type: "lease_released" },
    );

    expect(target(finished, "v-one")).toBeUndefined();
    expect(target(ledger(...finished, ...delivered("four")), "v-four")).toBe("one");
  });

  test("is not the same release again, nor what a rollback left twice", () => {
    const twice = [...delivered("one"), ...delivered("two"), ...delivered("two")];

    expect(target(ledger(...twice), "v-two")).toBe("one");
    expect(target(ledger(...twice, rolledBackTo("one"), ...delivered("three")), "v-three")).toBe("one");
  });

  test("doesn't exist after a first delivery", () => {
    expect(target(ledger(...delivered("one")), "v-one")).toBeUndefined();
  });
});
