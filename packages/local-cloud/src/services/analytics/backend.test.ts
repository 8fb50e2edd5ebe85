import { expect, test } from "vitest";
import { DATA_POINT_MARK } from "../../dataplane/data-points-plugin.ts";
import type { TraceEvent } from "../tail/trace-event.ts";
import { AnalyticsBackend, EXACT_METRICS } from "./backend.ts";
import { openAnalyticsDatabase } from "./database.ts";
import { R2_OPERATIONS } from "./graphql/datasets.ts";

const NOW_MS = Date.parse("2026-11-23T10:00:00Z");
const MANY = "x".repeat(100_000);
const VERSION = { id: "v1", worker: "shop", annotations: {} } as never;

test("a full disk loses metrics, logs and data points while it lasts, and nothing else", () => {
  const database = openAnalyticsDatabase(":memory:", () => undefined);
  const lines: string[] = [];
  const analytics = new AnalyticsBackend({
    database,
    worker: () => ({ settings: { observability: { enabled: true } } }) as never,
    settings: EXACT_METRICS,
    now: () => NOW_MS,
    random: () => 0,
    log: (line) => lines.push(line),
  });
  const happens = (size: string) => {
    analytics.bucketOperation({ bucket: size, action: "PutObject", status: 200 });
    analytics.traced(VERSION, [invocation(size)]);
    analytics.flush();
  };
  const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  database.exec(`PRAGMA max_page_count = ${pages}`);

  happens(MANY);
  happens(MANY);
  database.exec("PRAGMA max_page_count = 100000");
  happens("small");

  const range = { from: 0, to: NOW_MS };
  const buckets = analytics
    .measurements(R2_OPERATIONS, range)
    .map(({ dimensions }) => dimensions["bucketName"]);
  expect(buckets).toEqual(["small"]);
  expect(JSON.stringify(analytics.events(range))).not.toContain(MANY);
  expect(analytics.events(range)).not.toEqual([]);
  expect(JSON.parse(analytics.sql("SELECT blob1 FROM sales").body)).toMatchObject({
    data: [{ blob1: "small" }],
  });
  expect(lines).toEqual([expect.stringContaining("full")]);
  analytics.close();
});

/** One that logged a line and wrote a data point. */
function invocation(size: string): TraceEvent {
  const point = JSON.stringify({ dataset: "sales", index: "i", blobs: [size], doubles: [] });
  const messages = [[DATA_POINT_MARK, point], [size]];
  const logs = messages.map((message) => ({ level: "log", message, timestamp: NOW_MS }));
  return { outcome: "ok", eventTimestamp: NOW_MS, logs, exceptions: [], scriptName: size } as never;
}
