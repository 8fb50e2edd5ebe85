import { describe, expect, test } from "vitest";
import { freezeAt, type FreezeWindow } from "./freeze.ts";

const WEEKEND = { from: "Fri 16:00", to: "Mon 08:00", timeZone: "Europe/Berlin" };
const NOON = { from: "Wed 11:30", to: "Wed 12:30", timeZone: "UTC" };

describe("a freeze window", () => {
  test.each<[string, FreezeWindow | undefined, string]>([
    ["2026-01-02T14:59:00Z", undefined, "before it begins in winter"],
    ["2026-01-02T15:00:00Z", WEEKEND, "when it begins in winter"],
    ["2026-07-03T14:00:00Z", WEEKEND, "an hour earlier in summer"],
    ["2026-01-04T23:59:00Z", WEEKEND, "over the end of the week"],
    ["2026-01-05T06:59:00Z", WEEKEND, "until its end"],
    ["2026-01-05T07:00:00Z", undefined, "at its end"],
    ["2026-01-07T12:29:59Z", NOON, "within a day"],
    ["2026-01-08T12:00:00Z", undefined, "on another day"],
  ])("at %s is %j: %s", (at, expected, _why) => {
    expect(freezeAt([WEEKEND, NOON], new Date(at))).toEqual(expected);
  });
});
