import { describe, expect, test } from "vitest";
import { declaredTriggers, triggerDifferences } from "./triggers.ts";

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
    });
    expect(
      declaredTriggers(top, { route: domain("own.example.com"), triggers: { crons: [] }, workers_dev: true }),
    ).toEqual({ domains: ["own.example.com"], schedules: [], workersDev: true, previewUrls: false });
  });

  test("leave schedules as they are when they name none", () => {
    expect(declaredTriggers(TOP, {})?.schedules).toBeUndefined();
    expect(declaredTriggers(TOP, { triggers: { crons: null } })?.schedules).toBeUndefined();
  });

  test.each([
    ["a route of a zone", { ...TOP, routes: ["example.com/*"] }],
    [
      "a route without custom_domain",
      { ...TOP, routes: [{ pattern: "example.com/*", zone_name: "example.com" }] },
    ],
    ["workers_dev by default", { preview_urls: true }],
    ["preview_urls by default", { workers_dev: true }],
  ])("can't be told from %s", (_what, top) => {
    expect(declaredTriggers(top, {})).toBeUndefined();
  });
});

describe("differences", () => {
  const declared = { domains: ["a.example.com"], schedules: undefined, workersDev: true, previewUrls: false };

  test("are none when all is as declared, whatever schedules nobody declared", () => {
    expect(triggerDifferences(declared, { ...declared, schedules: ["0 0 * * *"] })).toEqual([]);
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
