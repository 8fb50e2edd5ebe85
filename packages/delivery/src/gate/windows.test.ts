import { expect, test } from "vitest";
import type { LedgerEntry } from "../ledger/entry.ts";
import { metricsWindows } from "./windows.ts";

const routed = (deploymentId: string, share: number) =>
  ({
    type: "routed",
    deploymentId,
    percentages: { stable: 100 - share, candidate: share },
  }) as unknown as LedgerEntry;
const deployment = (id: string, createdAt: string) => ({ id, createdAt, message: "", versions: [] });

test("windows are the whole minutes of each shared step, by the platform's clock; the last one is open", () => {
  const entries = [routed("d0", 0), routed("d1", 10), routed("d2", 50)];
  const deployments = [
    deployment("d2", "2026-01-01T10:10:30Z"),
    deployment("d1", "2026-01-01T10:00:01Z"),
    deployment("d0", "2026-01-01T09:59:00Z"),
  ];

  expect(metricsWindows(entries, deployments, "candidate")).toEqual([
    { from: "2026-01-01T10:01:00Z", until: "2026-01-01T10:10:00Z" },
    { from: "2026-01-01T10:11:00Z", until: "2026-01-02T10:10:00Z" },
  ]);
});

test("a step that was over within its minute has no window", () => {
  const entries = [routed("d1", 10), routed("d2", 50)];
  const deployments = [deployment("d2", "2026-01-01T10:00:50Z"), deployment("d1", "2026-01-01T10:00:10Z")];

  expect(metricsWindows(entries, deployments, "candidate")).toHaveLength(1);
});
