import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../ledger/entry.ts";
import { admit, type Applicant } from "./admission.ts";

const SATURDAY = new Date("2026-01-03T12:00:00Z");
const FREEZE = { from: "Fri 16:00", to: "Mon 08:00", timeZone: "UTC" };
const FREE: Applicant = {
  environment: "production",
  state: { lock: undefined, open: undefined },
  freezes: [],
  at: SATURDAY,
  exceptions: {},
};
const paused = (...more: readonly LedgerEntry["type"][]) => ({
  rolloutId: "o-1",
  entries: ["planned", "paused", ...more].map(
    (type) => ({ type, releaseId: "r-1", reason: "too few requests" }) as LedgerEntry,
  ),
});

describe("an environment", () => {
  test("takes a delivery when nothing holds it", () => {
    expect(admit(FREE)).toEqual({ kind: "admitted" });
  });

  test("that a person holds says who, since when and why", () => {
    const lock = { by: "ada", at: "2026-01-03T09:00:00.000Z", reason: "we look for a leak" };

    expect(admit({ ...FREE, state: { lock, open: undefined } })).toMatchObject({
      code: "LEASE_HELD",
      message: "production is held by ada since 2026-01-03T09:00:00.000Z: we look for a leak.",
    });
  });

  test("that is frozen takes a delivery with a reason only", () => {
    const frozen = { ...FREE, freezes: [FREEZE] };

    expect(admit(frozen)).toMatchObject({ code: "LEASE_HELD" });
    expect(admit({ ...frozen, exceptions: { duringFreeze: "a hole in sign-in" } })).toEqual({
      kind: "admitted",
    });
  });

  test("with a paused rollout wants a decision about it first, even when a pause was asked for since", () => {
    const state = { lock: undefined, open: paused("requested") };

    expect(admit({ ...FREE, state })).toMatchObject({ code: "PAUSED" });
    expect(admit({ ...FREE, state, exceptions: { rollForward: "this one corrects it" } })).toEqual({
      kind: "admitted",
    });
  });

  test("whose rollout was cut off is left to the next delivery, which takes it back", () => {
    expect(admit({ ...FREE, state: { lock: undefined, open: paused("resumed") } })).toEqual({
      kind: "admitted",
    });
  });
});
