import { describe, expect, test } from "vitest";
import { declaredTriggers, isComparable, leftBehind, triggerDifferences } from "./triggers.ts";

const domain = (pattern: string) => ({ pattern, custom_domain: true });
const TOP = { workers_dev: false, preview_urls: false };

describe("declared triggers", () => {
  test("are the environment's own, or else the top level's", () => {
    const top = { ...TOP, routes: [domain("top.example.com")], triggers: { crons: ["0 0 * * *"] } };

    expect(declaredTriggers(top, {})).toEqual({
      domains: ["top.example.com"],
      schedules: ["0 0 * * *"],
      workersDev: false,
      previewUrls: false,
      hasZoneRoutes: false,
    });
    expect(
      declaredTriggers(top, { route: domain("own.example.com"), triggers: { crons: [] }, workers_dev: true }),
    ).toEqual({
      domains: ["own.example.com"],
      schedules: [],
      workersDev: true,
      previewUrls: false,
      hasZoneRoutes: false,
    });
  });

  test("leave schedules as they are when they name none", () => {
    expect(declaredTriggers(TOP, {})?.schedules).toBeUndefined();
    expect(declaredTriggers(TOP, { triggers: { crons: null } })?.schedules).toBeUndefined();
  });

  test("have the domains, also where only wrangler can compare the rest", () => {
    const routes = [domain("a.example.com"), "example.com/*"];

    const declared = declaredTriggers({ ...TOP, routes }, {});

    expect(declared).toMatchObject({ domains: ["a.example.com"], hasZoneRoutes: true });
    expect(isComparable(declared)).toBe(false);
  });

  test.each([
    ["a route of a zone", { ...TOP, routes: ["example.com/*"] }],
    [
      "a route without custom_domain",
      { ...TOP, routes: [{ pattern: "example.com/*", zone_name: "example.com" }] },
    ],
    ["workers_dev by default", { preview_urls: true }],
    ["preview_urls by default", { workers_dev: true }],
  ])("can't be compared with %s", (_what, top) => {
    expect(isComparable(declaredTriggers(top, {}))).toBe(false);
  });

  test("can be compared when all is named", () => {
    expect(isComparable(declaredTriggers(TOP, {}))).toBe(true);
  });
});

describe("differences", () => {
  const switches = { workersDev: true, previewUrls: false };
  const declared = { ...switches, domains: ["a.example.com"], schedules: undefined, hasZoneRoutes: false };

  test("are none when all is as declared, whatever schedules nobody declared", () => {
    expect(
      triggerDifferences(declared, {
        ...switches,
        domains: ["a.example.com"],
        schedules: ["0 0 * * *"],
      }),
    ).toEqual([]);
  });

  test("are none of domains that nobody declared: they may have been given by hand", () => {
    const observed = { ...switches, domains: ["by-hand.example.com"], schedules: [] };

    expect(triggerDifferences({ ...declared, domains: [] }, observed)).toEqual([]);
  });

  test("name what is missing, what is not declared and what is switched otherwise", () => {
    expect(
      triggerDifferences(
        { ...declared, schedules: ["1 * * * *"] },
        { domains: ["b.example.com"], schedules: ["2 * * * *"], workersDev: false, previewUrls: true },
      ),
    ).toEqual([
      "domain a.example.com is missing",
      "domain b.example.com is not declared",
      "schedule 1 * * * * is missing",
      "schedule 2 * * * * is not declared",
      "workers.dev should be on",
      "preview URLs should be off",
    ]);
  });
});

describe("what a release leaves behind", () => {
  const bare = declaredTriggers(TOP, {});
  const rich = declaredTriggers(
    { ...TOP, routes: [domain("a.example.com")], triggers: { crons: ["0 0 * * *"] } },
    {},
  );

  test("is what the other one names nothing of", () => {
    expect(leftBehind(rich, bare)).toEqual({ domains: ["a.example.com"], schedules: true });
  });

  test("is nothing where the other one says what is to be there, or neither does", () => {
    expect(leftBehind(rich, rich)).toEqual({ domains: [], schedules: false });
    expect(leftBehind(bare, bare)).toEqual({ domains: [], schedules: false });
  });
});
