import { expect, test } from "vitest";
import { matches, tailFiltersSchema } from "./filters.ts";

const filtered = {
  event: {
    outcome: "ok",
    logs: [{ level: "log", message: ["hello there"], timestamp: 1 }],
    exceptions: [],
    eventTimestamp: 1_000_250,
    event: {
      request: {
        url: "http://a/",
        method: "GET",
        headers: { "x-key": "value", "cf-connecting-ip": "127.0.0.1" },
      },
    },
  },
  versionId: "v1",
  draw: 0.25,
};

test.each([
  [{ outcome: ["ok"] }, true],
  [{ outcome: ["exception"] }, false],
  [{ method: ["POST", "GET"] }, true],
  [{ method: ["POST"] }, false],
  [{ header: { key: "X-Key" } }, true],
  [{ header: { key: "x-key", query: "val" } }, true],
  [{ header: { key: "x-key", query: "other" } }, false],
  [{ header: { key: "x-missing" } }, false],
  [{ client_ip: ["127.0.0.1"] }, true],
  [{ client_ip: ["self"] }, true],
  [{ client_ip: ["192.0.2.1"] }, false],
  [{ query: "hello" }, true],
  [{ query: "level" }, false],
  [{ sampling_rate: 0.5 }, true],
  [{ sampling_rate: 0.1 }, false],
  [{ scriptVersion: "v1" }, true],
  [{ scriptVersion: "v2" }, false],
])("the filter %j lets the event pass: %s", (filter, passes) => {
  expect(matches(filtered, tailFiltersSchema.parse({ filters: [filter] }).filters)).toBe(passes);
});

test("all filters have to let an event pass", () => {
  const { filters } = tailFiltersSchema.parse({ filters: [{ method: ["GET"] }, { outcome: ["exception"] }] });

  expect(matches(filtered, filters)).toBe(false);
});

test.each([{ color: "red" }, { sampling_rate: 0 }, { sampling_rate: 2 }, { header: "x" }])(
  "%j is no filter",
  (filter) => {
    expect(tailFiltersSchema.safeParse({ filters: [filter] }).success).toBe(false);
  },
);
