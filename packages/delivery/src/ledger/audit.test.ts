import { describe, expect, test } from "vitest";
import type { Deployment } from "../ports.ts";
import { auditLedger, type ChainLink } from "./audit.ts";
import type { LedgerEntry } from "./entry.ts";

const commit = (seq: number) => seq.toString(16).repeat(40).slice(0, 40);

function link(seq: number, type: LedgerEntry["type"], more: Partial<LedgerEntry> = {}): ChainLink {
  return {
    commit: commit(seq),
    parents: seq === 1 ? [] : [commit(seq - 1)],
    entry: {
      schema: 1,
      seq,
      at: "2026-01-01T00:00:00.000Z",
      actor: { kind: "ci", name: "ci" },
      lease: { owner: "ci/1", nonce: "n" },
      environment: "staging",
      rolloutId: "o-1",
      type,
      ...more,
    },
  };
}

function deployment(id: string, message: string): Deployment {
  return { id, createdAt: "2026-01-01T00:00:00Z", message, versions: [] };
}

const CHAIN = [
  link(1, "lease_acquired"),
  link(2, "planned"),
  link(3, "routed", { deploymentId: "d-1" }),
  link(4, "requested", { lease: { owner: "laptop/2", nonce: "another" } }),
  link(5, "routed", { deploymentId: "d-2" }),
  link(6, "lease_released"),
];
const DEPLOYMENTS = [
  deployment("d-2", `r-1 o-1 100 ${commit(4).slice(0, 12)}`),
  deployment("d-1", `r-1 o-1 0 ${commit(2).slice(0, 12)}`),
];

describe("an audit", () => {
  test("finds nothing in a whole chain whose anchors are there", () => {
    expect(auditLedger("staging", CHAIN, DEPLOYMENTS)).toEqual({
      environment: "staging",
      entries: 6,
      head: commit(6),
      anchors: 2,
      findings: [],
      foreign: [],
    });
  });

  test("finds nothing wrong with a platform that has forgotten old deployments", () => {
    expect(auditLedger("staging", CHAIN, DEPLOYMENTS.slice(0, 1)).findings).toEqual([]);
  });

  test("tells what was made without delivery", () => {
    const { findings, foreign } = auditLedger("staging", CHAIN, [
      deployment("d-3", "hotfix"),
      ...DEPLOYMENTS,
    ]);

    expect(findings).toEqual([]);
    expect(foreign).toEqual([expect.stringContaining("d-3")]);
  });

  test.each<[string, readonly ChainLink[], readonly Deployment[], string]>([
    ["a missing entry", [...CHAIN.slice(0, 2), ...CHAIN.slice(3)], [], "doesn't follow the one before it"],
    [
      "an entry that was written again",
      [...CHAIN.slice(0, 1), link(3, "routed", { seq: 3 }), ...CHAIN.slice(2)],
      [],
      "doesn't follow",
    ],
    [
      "a chain that was rebuilt with an entry left out",
      [link(1, "lease_acquired"), link(2, "routed", { seq: 3 })],
      [],
      "entry 2 (commit 222222222222) has the number 3: entries before it are missing",
    ],
    [
      "an entry without the lease",
      [...CHAIN.slice(0, 2), link(3, "proven", { lease: { owner: "intruder/9", nonce: "x" } })],
      [],
      "entry 3 (proven) was written by intruder/9 without the lease",
    ],
    ["a lost tail", CHAIN.slice(0, 3), DEPLOYMENTS, "names the ledger's head 444444444444, which the ledger"],
    [
      "an entry of another environment",
      [link(1, "lease_acquired", { environment: "production" })],
      [],
      "is of production",
    ],
    [
      "a commit without an entry",
      [{ commit: commit(1), parents: [], entry: undefined }],
      [],
      "entry 1 (commit 111111111111) can't be read",
    ],
    ["a lost ledger", [], DEPLOYMENTS, "which the ledger doesn't have"],
    [
      "a deployment that nobody made",
      [...CHAIN.slice(0, 5), link(6, "routed", { deploymentId: "d-9" })],
      DEPLOYMENTS,
      "entry 6 names the deployment d-9, which the platform doesn't have",
    ],
  ])("finds %s", (...[, chain, deployments, expected]) => {
    expect(auditLedger("staging", chain, deployments).findings.join("\n")).toContain(expected);
  });
});
