import { expect, test } from "vitest";
import type { TraceEvent } from "./backend.ts";
import { matches, tailFiltersSchema } from "./filters.ts";

const event: TraceEvent = {
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
};

test.each([
  [{ outcome: ["ok"] }, true],
  [{ outcome: ["exception"] }, false],
  [{ method: ["GET"] }, true],
  [{ method: ["POST"] }, false],
  [{ key: "X-Key" }, true],
  [{ key: "x-key", query: "val" }, true],
  [{ key: "x-key", query: "other" }, false],
  [{ client_ip: ["127.0.0.1"] }, true],
  [{ query: "hello" }, true],
  [{ query: "bye" }, false],
  [{ sampling_rate: 0.5 }, true],
  [{ sampling_rate: 0.1 }, false],
])("the filter %j lets the event pass: %s", (filter, passes) => {
  expect(matches(event, tailFiltersSchema.parse({ filters: [filter] }))).toBe(passes);
});
