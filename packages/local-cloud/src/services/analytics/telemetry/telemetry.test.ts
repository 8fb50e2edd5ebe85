import { afterEach, describe, expect, test } from "vitest";
import { Refusal } from "../../../http/refusal.ts";
import { openAnalyticsDatabase } from "../database.ts";
import { answerQuery, querySchema } from "./query.ts";
import { TelemetryStore } from "./store.ts";

const VERSION = {
  id: "v1",
  worker: "shop",
  annotations: { "workers/tag": "release-1" },
} as never;
const OBSERVED = { settings: { observability: { enabled: true } } } as never;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function opened(random = () => 0): TelemetryStore {
  const database = openAnalyticsDatabase(":memory:", () => undefined);
  closers.push(() => database.close());
  return new TelemetryStore(database, random);
}

const trace = (facts: {
  readonly at: number;
  readonly path?: string;
  readonly outcome?: string;
  readonly logs?: readonly (readonly unknown[])[];
  readonly ray?: string;
}) =>
  ({
    outcome: facts.outcome ?? "ok",
    eventTimestamp: facts.at,
    logs: (facts.logs ?? []).map((message) => ({ level: "log", message, timestamp: facts.at + 1 })),
    exceptions:
      facts.outcome === "exception"
        ? [{ name: "TypeError", message: "boom", timestamp: facts.at + 2, stack: "at x" }]
        : [],
    event: {
      request: {
        url: `http://shop.localhost${facts.path ?? "/"}`,
        method: "GET",
        headers: { "cf-ray": `${facts.ray ?? "r1"}-LOC` },
      },
      response: { status: facts.outcome === "exception" ? 500 : 200 },
    },
  }) as never;

/** A store with four invocations: two fine ones, an exception, one that logged an object. */
function filled(): TelemetryStore {
  const store = opened();
  const traces = [
    trace({ at: 1000, path: "/a", ray: "r1", logs: [["first", { n: 1 }]] }),
    trace({ at: 2000, path: "/b", ray: "r2" }),
    trace({ at: 3000, path: "/b", ray: "r3", outcome: "exception" }),
    trace({ at: 4000, path: "/c", ray: "r4", logs: [[{ message: "sold", price: 7, user: { id: "u1" } }]] }),
  ];
  for (const [index, ray] of ["r1", "r2", "r3", "r4"].entries()) store.took(ray, (index + 1) * 10);
  store.traced(VERSION, traces, { worker: OBSERVED, nowMs: 5000 });
  store.flush(5000);
  return store;
}

function ask(parameters: object, more: object = {}): Record<string, unknown> {
  const timeframe = { from: 0, to: 10_000 };
  const query = querySchema.parse({ queryId: "q", timeframe, view: "events", parameters, ...more });
  return answerQuery(query, filled().between(0, 10_000), "account");
}

interface Events {
  readonly count: number;
  readonly events: readonly { readonly $metadata: Record<string, unknown>; readonly source: unknown }[];
}

const messages = (parameters: object, more: object = {}) =>
  (ask(parameters, more)["events"] as Events).events.map(({ $metadata }) => $metadata["message"]);

const leaf = (key: string, operation: string, value?: string | number) => ({
  key,
  operation,
  type: typeof value === "number" ? "number" : "string",
  ...(value !== undefined && { value }),
});

describe("the log of a Worker", () => {
  test("has a line for each invocation, each thing logged and each exception, newest first", () => {
    expect(messages({})).toEqual([
      "sold",
      "GET /c",
      "TypeError: boom",
      "GET /b",
      "GET /b",
      'first {"n":1}',
      "GET /a",
    ]);
  });

  test("says which version it was, what it answered, and how long that took at the edge", () => {
    const { events } = ask({ filters: [leaf("$metadata.message", "eq", "GET /a")] })["events"] as Events;

    expect(events).toMatchObject([
      {
        $metadata: {
          requestId: "r1",
          service: "shop",
          trigger: "GET /a",
          statusCode: 200,
          type: "cf-worker-event",
        },
        $workers: {
          eventType: "fetch",
          outcome: "ok",
          wallTimeMs: 10,
          scriptVersion: { id: "v1", tag: "release-1" },
        },
        dataset: "cloudflare-workers",
        timestamp: 1000,
      },
    ]);
  });

  test.each([
    ["is off", { settings: {} }, 0],
    ["is on", { settings: { observability: { enabled: true } } }, 2],
    ["has its logs off", { settings: { observability: { enabled: true, logs: { enabled: false } } } }, 0],
    [
      "leaves out invocations",
      { settings: { observability: { enabled: true, logs: { enabled: true, invocation_logs: false } } } },
      1,
    ],
    ["samples", { settings: { observability: { enabled: true, head_sampling_rate: 0.4 } } }, 0],
  ])("is kept as the Worker's settings say: observability %s", (_, worker, lines) => {
    const store = opened(() => 0.5);
    store.took("r1", 5);

    store.traced(VERSION, [trace({ at: 1, logs: [["x"]] })], { worker: worker as never, nowMs: 1 });
    store.flush(1);

    expect(store.between(0, 10)).toHaveLength(lines);
  });

  test("waits for the edge to know how long a request took, but not for ever", () => {
    const store = opened();
    store.traced(VERSION, [trace({ at: 1, ray: "slow" })], { worker: OBSERVED, nowMs: 1000 });

    store.flush(1500);
    const early = store.between(0, 10);
    store.flush(3100);

    expect(early).toEqual([]);
    expect(store.between(0, 10)).toHaveLength(1);
  });

  test("is cut where a Worker logs without end", () => {
    const store = opened();
    const logs = Array.from({ length: 5000 }, () => ["again"]);
    store.took("r1", 1);

    store.traced(VERSION, [trace({ at: 1, logs })], { worker: OBSERVED, nowMs: 1 });
    store.flush(1);

    expect(store.between(0, 10)).toHaveLength(1000);
  });
});

describe("a telemetry query", () => {
  test.each([
    [leaf("$workers.outcome", "eq", "exception"), 2],
    [leaf("$workers.outcome", "!=", "exception"), 5],
    [leaf("$metadata.message", "includes", "GET"), 4],
    [leaf("$metadata.message", "DOES_NOT_INCLUDE", "GET"), 3],
    [leaf("$metadata.message", "starts_with", "TypeError"), 1],
    [leaf("$metadata.message", "ENDS_WITH", "/b"), 2],
    [leaf("$metadata.message", "regex", "^GET /[ab]$"), 3],
    [leaf("price", "exists"), 1],
    [leaf("price", "is_null"), 6],
    [leaf("price", ">", 6), 1],
    [leaf("price", "lte", 6), 0],
    [leaf("user.id", "in", "u0, u1"), 1],
    [leaf("$metadata.trigger", "not_in", "GET /a,GET /b"), 2],
    [
      {
        kind: "group",
        filterCombination: "OR",
        filters: [leaf("price", "exists"), leaf("$metadata.level", "eq", "error")],
      },
      3,
    ],
  ])("finds by %j: %i", (filter, count) => {
    expect(messages({ filters: [filter] })).toHaveLength(count);
  });

  test("finds text anywhere", () => {
    expect(messages({ needle: { value: "BOOM" } })).toEqual(["TypeError: boom"]);
    expect(messages({ needle: { value: "BOOM", matchCase: true } })).toEqual([]);
    expect(messages({ needle: { value: "^so.d$", isRegex: true } })).toEqual(["sold"]);
  });

  test("turns pages by the id of the last event", () => {
    const store = filled().between(0, 10_000);
    const page = (more: object) => {
      const query = {
        queryId: "q",
        timeframe: { from: 0, to: 10_000 },
        view: "events",
        parameters: {},
        limit: 3,
      };
      const { events } = answerQuery(querySchema.parse({ ...query, ...more }), store, "a")[
        "events"
      ] as Events;
      return events.map(({ $metadata }) => $metadata);
    };

    const first = page({});
    const second = page({ offset: first.at(-1)?.["id"] });

    expect(second.map(({ message }) => message)).toEqual(["GET /b", "GET /b", 'first {"n":1}']);
    expect(page({ offset: second[0]?.["id"], offsetDirection: "prev" })).toEqual(first);
  });

  test("calculates, by group and over time", () => {
    const { calculations } = ask(
      {
        filters: [leaf("$metadata.type", "eq", "cf-worker-event")],
        calculations: [
          { operator: "count" },
          { operator: "P95", key: "$workers.wallTimeMs", keyType: "number", alias: "slow" },
          { operator: "avg", key: "$workers.wallTimeMs" },
        ],
        groupBys: [{ type: "string", value: "$metadata.trigger" }],
        orderBy: { value: "slow", order: "desc" },
        havings: [{ key: "slow", operation: "gt", value: 10 }],
      },
      { view: "calculations", granularity: 10 },
    ) as unknown as {
      calculations: {
        aggregates: { value: number; groups: { value: string }[] }[];
        series: { time: string }[];
      }[];
    };

    expect(
      calculations.map(({ aggregates }) => aggregates.map(({ value, groups }) => [groups[0]?.value, value])),
    ).toEqual([
      [
        ["GET /c", 1],
        ["GET /b", 2],
      ],
      [
        ["GET /c", 40],
        ["GET /b", 30],
      ],
      [
        ["GET /c", 40],
        ["GET /b", 25],
      ],
    ]);
    expect(calculations[0]?.series.map(({ time }) => time)).toEqual(
      [2, 3, 4].map((second) => new Date(second * 1000).toISOString()),
    );
  });

  test("gathers invocations, each in the order in which it happened", () => {
    const { invocations } = ask({}, { view: "invocations" }) as unknown as {
      invocations: Record<string, { $metadata: { message: string } }[]>;
    };

    expect(Object.keys(invocations)).toEqual(["r4", "r3", "r2", "r1"]);
    expect(invocations["r3"]?.map(({ $metadata }) => $metadata.message)).toEqual([
      "GET /b",
      "TypeError: boom",
    ]);
  });

  test.each([
    [{}, { view: "traces" }, 10_501],
    [{}, { compare: true }, 10_501],
    [{}, { chartType: "distribution" }, 10_501],
    [undefined, {}, 10_501],
    [{ calculations: [{ operator: "mode", key: "x" }] }, { view: "calculations" }, 10_001],
    [{ calculations: [{ operator: "sum" }] }, { view: "calculations" }, 10_001],
    [{ needle: { value: "(", isRegex: true } }, {}, 10_001],
    [{}, { offset: "nobody" }, 10_001],
  ])("that can't be answered is refused by name: %j %j", (parameters, more, code) => {
    let refused: unknown;
    try {
      ask(parameters as never, more);
    } catch (error) {
      refused = error;
    }

    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).errors[0]?.code).toBe(code);
  });
});
