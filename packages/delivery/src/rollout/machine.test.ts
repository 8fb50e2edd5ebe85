import { describe, expect, test } from "vitest";
import type { LedgerEntry, NewEntry } from "../ledger/entry.ts";
import {
  foldProgress,
  nextCommand,
  NOTHING_DONE,
  type RolloutCommand,
  type RolloutProgress,
} from "./machine.ts";
import type { RolloutPlan } from "./plan.ts";

const plan: RolloutPlan = {
  rolloutId: "o-1",
  environment: "production",
  releaseId: "r-1",
  archiveSha256: "a".repeat(64),
  stable: { versionId: "stable" },
  address: "public",
  steps: [0, 10, 100],
  migrations: ["1_first"],
};

interface BadGate {
  readonly gate: string;
  readonly result: "fail" | "inconclusive";
}

/** What the world would record for a command, with a gate that fails where it is told to. */
function recorded(command: RolloutCommand, bad?: BadGate): LedgerEntry {
  const entry = (fields: Partial<NewEntry> & Pick<NewEntry, "type">): LedgerEntry => ({
    schema: 1,
    seq: 1,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "person", name: "someone" },
    lease: { owner: "h/1", nonce: "n" },
    environment: "production",
    rolloutId: "o-1",
    ...fields,
  });
  const verdict = (gate: string) => ({
    gate,
    result: gate === bad?.gate ? bad.result : ("pass" as const),
    measurements: [],
  });
  switch (command.kind) {
    case "migrate":
      return entry({ type: "migrated" });
    case "upload":
      return entry({ type: "uploaded", versionId: "candidate", etag: "e" });
    case "route":
      return entry({
        type: "routed",
        percentages: Object.fromEntries(
          command.shares.map(({ versionId, percentage }) => [versionId, percentage]),
        ),
      });
    case "judge":
    case "verify":
      return entry({ type: "judged", verdict: verdict(command.gate) });
    case "applyTriggers":
      return entry({ type: "triggers_applied" });
    case "prove":
      return entry({ type: "proven", versionId: command.versionId, etag: command.etag });
    case "pause":
      return entry({ type: "paused", reason: command.reason });
    case "abort":
      return entry({ type: "aborted", reason: command.reason });
    case "end":
      throw new Error("an end is not recorded");
  }
}

interface Trace {
  readonly commands: readonly string[];
  readonly entries: readonly LedgerEntry[];
  readonly outcome: string;
  /** The candidate's share after each change of traffic, undefined once stable has everything again. */
  readonly shares: readonly (number | undefined)[];
}

function drive(from: RolloutProgress, bad?: BadGate, of: RolloutPlan = plan): Trace {
  let progress = from;
  const commands: string[] = [];
  const entries: LedgerEntry[] = [];
  const shares: (number | undefined)[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const command = nextCommand(of, progress);
    if (command.kind === "end") return { commands, entries, outcome: command.outcome, shares };
    commands.push(command.kind === "judge" ? command.gate : command.kind);
    if (command.kind === "route" || command.kind === "abort") {
      shares.push(command.shares.find(({ versionId }) => versionId === "candidate")?.percentage);
    }
    const entry = recorded(command, bad);
    entries.push(entry);
    progress = foldProgress(progress, entry);
  }
  throw new Error("it does not end");
}

describe("a rollout", () => {
  test("migrates, uploads, judges each step before the next, and proves what serves", () => {
    const { commands, outcome, shares } = drive(NOTHING_DONE);

    expect(commands).toEqual([
      ...["migrate", "upload", "route", "health@0", "route", "health@10", "route", "health@100"],
      ...["applyTriggers", "verify", "prove"],
    ]);
    expect({ outcome, shares }).toEqual({ outcome: "proven", shares: [0, 10, 100] });
  });

  test.each(["health@0", "health@10", "health@100", "serving"])(
    "whose gate %s fails returns everything to stable and ends",
    (gate) => {
      const { commands, outcome, shares } = drive(NOTHING_DONE, { gate, result: "fail" });

      expect(outcome).toBe("aborted");
      expect(commands.at(-1)).toBe("abort");
      expect(shares.at(-1)).toBeUndefined();
    },
  );

  test("whose gate can't tell pauses with the traffic as it is, and goes on when it is resumed", () => {
    const whole = drive(NOTHING_DONE, { gate: "health@10", result: "inconclusive" });

    expect(whole.outcome).toBe("paused");
    expect(whole.commands.slice(-2)).toEqual(["health@10", "pause"]);
    expect(whole.shares.at(-1)).toBe(10);

    const [planned] = whole.entries;
    const resumed = { ...planned, type: "resumed" } as LedgerEntry;
    const rest = drive([...whole.entries, resumed].reduce(foldProgress, NOTHING_DONE));

    expect(rest.commands.slice(0, 2)).toEqual(["route", "health@100"]);
    expect(rest.outcome).toBe("proven");
  });

  test("without anything that serves takes all traffic at once, still judged before its domains come", () => {
    const first = { ...plan, stable: undefined, address: "preview" as const, steps: [100] };

    expect(drive(NOTHING_DONE, undefined, first).commands).toEqual([
      "migrate",
      "upload",
      "route",
      "health@100",
      "applyTriggers",
      "verify",
      "prove",
    ]);
  });

  test("without pending migrations goes straight to the upload", () => {
    expect(drive(NOTHING_DONE, undefined, { ...plan, migrations: [] }).commands[0]).toBe("upload");
  });

  test.each<BadGate | undefined>([
    undefined,
    { gate: "health@10", result: "fail" },
    { gate: "health@10", result: "inconclusive" },
    { gate: "serving", result: "fail" },
  ])("resumed after any prefix of its entries ends as the uninterrupted one (%o)", (bad) => {
    const whole = drive(NOTHING_DONE, bad);

    for (let length = 0; length <= whole.entries.length; length += 1) {
      const progress = whole.entries.slice(0, length).reduce(foldProgress, NOTHING_DONE);
      const rest = drive(progress, bad);

      expect([...whole.commands.slice(0, length), ...rest.commands]).toEqual(whole.commands);
      expect(rest.outcome).toBe(whole.outcome);
    }
  });
});
