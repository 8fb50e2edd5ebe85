import { afterEach, describe, expect, test } from "vitest";
import { AnalyticsBackend, EXACT_METRICS, type MetricsSettings } from "../backend.ts";
import { openAnalyticsDatabase } from "../database.ts";
import { executeGraphql, type GraphqlAnswer } from "./execute.ts";

const ACCOUNT = "a".repeat(32);
const START = Date.parse("2026-11-23T10:00:00Z");

const backends: AnalyticsBackend[] = [];
afterEach(() => {
  for (const backend of backends.splice(0)) backend.close();
});

/** A backend with a clock that the test moves. */
function metered(settings: MetricsSettings = EXACT_METRICS, random = () => 0.5) {
  const clock = { now: START };
  const backend = new AnalyticsBackend({
    database: openAnalyticsDatabase(":memory:", () => undefined),
    worker: (name) => ({ name, tag: `tag of ${name}`, settings: {} }) as never,
    settings,
    now: () => clock.now,
    random,
    log: () => undefined,
  });
  backends.push(backend);
  const answered = (facts: {
    worker?: string;
    versionId?: string;
    outcome?:
      "success" | "clientDisconnected" | "scriptThrewException" | "exceededResources" | "internalError";
    status?: number;
    durationMs?: number;
  }) =>
    backend.answered({
      ray: "0123456789abcdef",
      at: "",
      method: "GET",
      host: "shop.localhost",
      path: "/",
      worker: "shop",
      versionId: "v1",
      pinned: false,
      status: 200,
      outcome: "success",
      durationMs: 10,
      cpuMs: 0,
      ...facts,
    });
  const ask = (query: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer> =>
    executeGraphql(
      {
        accountId: ACCOUNT,
        now: () => clock.now,
        sampleInterval: backend.sampleInterval,
        measurements: async (dataset, range) => backend.measurements(dataset, range),
      },
      { query, variables: { accountTag: ACCOUNT, ...variables } },
    );
  return { clock, backend, answered, ask };
}

/** The rows of `workersInvocationsAdaptive` with these arguments and selection. */
async function rows(
  ask: (query: string) => Promise<GraphqlAnswer>,
  args: string,
  selection: string,
): Promise<unknown> {
  const query = `query ($accountTag: string!) { viewer { accounts(filter: { accountTag: $accountTag }) { rows: workersInvocationsAdaptive(${args}) { ${selection} } } } }`;
  const answer = await ask(query);
  expect(answer.errors).toBeNull();
  return (answer.data as { viewer: { accounts: [{ rows: unknown }] } }).viewer.accounts[0].rows;
}

describe("the metrics of Workers", () => {
  test("count requests and errors by version and status, where a Worker's own 500 is no error", async () => {
    const { answered, ask } = metered();
    answered({ status: 500 });
    answered({});
    answered({ versionId: "v2", outcome: "scriptThrewException", status: 500 });
    answered({ versionId: "v2", outcome: "exceededResources", status: 503 });
    answered({ versionId: "v2", outcome: "clientDisconnected", status: 499 });
    answered({ worker: "other" });

    const found = await rows(
      ask,
      `filter: { scriptName: "shop" }, orderBy: [scriptVersion_ASC, status_ASC]`,
      "dimensions { scriptVersion status scriptTag } sum { requests errors clientDisconnects }",
    );

    const row = (scriptVersion: string, status: string, sum: Record<string, number>) => ({
      dimensions: { scriptVersion, status, scriptTag: "tag of shop" },
      sum: { requests: 1, errors: 0, clientDisconnects: 0, ...sum },
    });
    expect(found).toEqual([
      row("v1", "success", { requests: 2 }),
      row("v2", "clientDisconnected", { clientDisconnects: 1 }),
      row("v2", "exceededResources", { errors: 1 }),
      row("v2", "scriptThrewException", { errors: 1 }),
    ]);
  });

  test("are one row where no dimension is asked for, and none where nothing happened", async () => {
    const { answered, ask } = metered();
    answered({});
    answered({ worker: "other", versionId: "v9" });

    expect(await rows(ask, "limit: 10", "sum { requests }")).toEqual([{ sum: { requests: 2 } }]);
    expect(await rows(ask, `filter: { scriptName: "nobody" }`, "sum { requests }")).toEqual([]);
  });

  test("give percentiles of the wall time in microseconds, and no CPU time where it isn't known", async () => {
    const { answered, ask } = metered();
    for (let ms = 1; ms <= 100; ms += 1) answered({ durationMs: ms });

    const selection = "quantiles { wallTimeP50 wallTimeP95 wallTimeP99 cpuTimeP50 } sum { wallTime }";

    expect(await rows(ask, "limit: 1", selection)).toEqual([
      {
        quantiles: { wallTimeP50: 50_000, wallTimeP95: 95_000, wallTimeP99: 99_000, cpuTimeP50: null },
        sum: { wallTime: 5_050_000 },
      },
    ]);
  });

  test("keep percentiles near the truth with more requests than are kept of a second", async () => {
    let state = 1;
    const lcg = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const { answered, ask } = metered(EXACT_METRICS, lcg);
    for (let count = 0; count < 20_000; count += 1) answered({ durationMs: count % 100 });

    const [row] = (await rows(ask, "limit: 1", "sum { requests } quantiles { wallTimeP50 }")) as [
      { sum: { requests: number }; quantiles: { wallTimeP50: number } },
    ];

    expect(row.sum.requests).toBe(20_000);
    expect(Math.abs(row.quantiles.wallTimeP50 - 50_000)).toBeLessThan(10_000);
  });

  test("are grouped by time and filtered by it, with variables as Cloudflare's documentation types them", async () => {
    const { clock, answered, ask } = metered();
    for (const offset of [0, 59, 60, 3600]) {
      clock.now = START + offset * 1000;
      answered({});
    }
    const query = `query Metrics($accountTag: string, $from: string, $to: Time!) {
      viewer { accounts(filter: {accountTag: $accountTag}) {
        workersInvocationsAdaptive(limit: 100, orderBy: [datetimeMinute_DESC], filter: { datetime_geq: $from, datetime_lt: $to }) {
          dimensions { datetimeMinute date } sum { requests }
        } } } }`;

    const { data } = await ask(query, { from: "2026-11-23T10:00:00.000Z", to: "2026-11-23T11:00:00Z" });

    const row = (minute: string, requests: number) => ({
      dimensions: { datetimeMinute: minute, date: "2026-11-23" },
      sum: { requests },
    });
    expect(data).toEqual({
      viewer: {
        accounts: [
          { workersInvocationsAdaptive: [row("2026-11-23T10:01:00Z", 1), row("2026-11-23T10:00:00Z", 2)] },
        ],
      },
    });
  });

  test.each([
    [`scriptName_in: ["shop", "x"]`, 1],
    [`scriptName_neq: "shop"`, 1],
    [`scriptName_like: "sh%"`, 1],
    [`scriptName_notlike: "sh%"`, 1],
    [`scriptName_notin: ["shop"]`, 1],
    [`OR: [{ scriptName: "shop" }, { scriptName: "other" }]`, 2],
    [`AND: [{ scriptName: "shop" }, { scriptName: "other" }]`, 0],
    [`datetime_gt: "2026-11-23T10:00:00Z"`, 0],
    [`datetime_leq: "2026-11-23T11:00:00+01:00"`, 2],
    [`date: "2026-11-23"`, 2],
  ])("pass the filter %s: %i", async (filter, passing) => {
    const { answered, ask } = metered();
    answered({});
    answered({ worker: "other" });

    const found = (await rows(ask, `filter: { ${filter} }`, "dimensions { scriptName }")) as unknown[];

    expect(found).toHaveLength(passing);
  });

  test("count what isn't a request too, from its trace", async () => {
    const { backend, ask } = metered();
    const event = (outcome: string) =>
      ({ outcome, logs: [], exceptions: [], eventTimestamp: START, event: { cron: "* * * * *" } }) as never;
    backend.traced({ id: "v1", worker: "shop" } as never, [event("ok"), event("exception")]);

    const found = await rows(ask, "orderBy: [status_ASC]", "dimensions { status } sum { requests errors }");

    expect(found).toEqual([
      { dimensions: { status: "scriptThrewException" }, sum: { requests: 1, errors: 1 } },
      { dimensions: { status: "success" }, sum: { requests: 1, errors: 0 } },
    ]);
  });

  test("can be late", async () => {
    const { clock, answered, ask } = metered({ delayMs: 60_000, samplingRate: 1 });
    answered({});

    const before = await rows(ask, "limit: 1", "sum { requests }");
    clock.now += 61_000;

    expect(before).toEqual([]);
    expect(await rows(ask, "limit: 1", "sum { requests }")).toEqual([{ sum: { requests: 1 } }]);
  });

  test("can be sampled: what is counted stands for the rest", async () => {
    let draw = 0;
    const { answered, ask } = metered({ delayMs: 0, samplingRate: 0.1 }, () => (draw++ % 10) / 10);
    for (let count = 0; count < 1000; count += 1) answered({});

    expect(await rows(ask, "limit: 1", "sum { requests } avg { sampleInterval }")).toEqual([
      { sum: { requests: 1000 }, avg: { sampleInterval: 10 } },
    ]);
  });

  test("are told of several stretches of minutes at once, by version", async () => {
    const { clock, answered, ask } = metered();
    answered({ versionId: "v1" });
    clock.now += 60_000;
    answered({ versionId: "v1" });
    answered({ versionId: "v2", durationMs: 30 });
    answered({ versionId: "v3" });
    const window = (index: number) =>
      `window${index}: workersInvocationsAdaptive(limit: 100, filter: { scriptName: $worker, scriptVersion_in: $versions, datetimeMinute_geq: $from${index}, datetimeMinute_lt: $until${index} }) { dimensions { scriptVersion } sum { requests } quantiles { wallTimeP95 } }`;
    const query = `query($accountTag: string!, $worker: string!, $versions: [string!]!, $from0: Time!, $until0: Time!, $from1: Time!, $until1: Time!) { viewer { accounts(filter: { accountTag: $accountTag }) { ${window(0)} ${window(1)} } } }`;

    const answer = await ask(query, {
      worker: "shop",
      versions: ["v1", "v2"],
      from0: "2026-11-23T10:00:00Z",
      until0: "2026-11-23T10:01:00Z",
      from1: "2026-11-23T10:01:00Z",
      until1: "2026-11-24T10:01:00Z",
    });

    const row = (scriptVersion: string, wallTimeP95: number) => ({
      dimensions: { scriptVersion },
      sum: { requests: 1 },
      quantiles: { wallTimeP95 },
    });
    expect(answer.errors).toBeNull();
    expect(answer.data).toMatchObject({
      viewer: {
        accounts: [{ window0: [row("v1", 10_000)], window1: [row("v1", 10_000), row("v2", 30_000)] }],
      },
    });
  });
});

describe("a query", () => {
  const on = (inner: string, accountTag = ACCOUNT) =>
    `{ viewer { accounts(filter: { accountTag: "${accountTag}" }) { ${inner} } } }`;

  test.each([
    [on("nothing { count }"), 'Cannot query field "nothing" on type "account"'],
    [on("workersInvocationsAdaptive { sum { bytes } }"), 'Cannot query field "bytes"'],
    [
      on(`workersInvocationsAdaptive(filter: { color: "red" }) { sum { requests } }`),
      'unknown field "color"',
    ],
    [on("workersInvocationsAdaptive(offset: 1) { sum { requests } }"), 'Unknown argument "offset"'],
    [on("workersInvocationsAdaptive(orderBy: [x_ASC]) { sum { requests } }"), '"x_ASC" does not exist'],
    [
      on("workersInvocationsAdaptive(orderBy: [status_ASC]) { sum { requests } }"),
      "not among the selected dimensions",
    ],
    [on("workersInvocationsAdaptive(limit: 10001) { sum { requests } }"), "limit must be positive number"],
    [
      on(`workersInvocationsAdaptive(filter: { datetime_geq: "soon" }) { sum { requests } }`),
      "cannot parse datetime_geq",
    ],
    [
      on(`workersInvocationsAdaptive(filter: { datetime_geq: "2026-01-01T00:00:00Z" }) { sum { requests } }`),
      "cannot request a time range wider than",
    ],
    [
      on("workersInvocationsAdaptive { sum { requests } }", "b".repeat(32)),
      "not authorized for that account",
    ],
    ["{ viewer { zones { x } } }", 'Cannot query field "zones"'],
    ["{ viewer {", "Syntax Error"],
    ["mutation { x }", "mutation operation is not supported"],
  ])("that is wrong is refused as GraphQL does: %s", async (query, message) => {
    const { ask } = metered();

    const answer = await ask(query);

    expect(answer.data).toBeNull();
    expect(answer.errors?.[0]?.message).toContain(message);
  });

  test("may use fragments, aliases and introspection", async () => {
    const { answered, ask } = metered();
    answered({});

    const answer = await ask(`
      query { viewer { accounts(filter: { accountTag: "${ACCOUNT}" }) { mine: workersInvocationsAdaptive { ...row } } }
        __type(name: "AccountWorkersInvocationsAdaptiveQuantiles") { fields { name } } }
      fragment row on AccountWorkersInvocationsAdaptive { dimensions { name: scriptName } ... { sum { n: requests } } }`);

    expect(answer).toMatchObject({
      errors: null,
      data: { viewer: { accounts: [{ mine: [{ dimensions: { name: "shop" }, sum: { n: 1 } }] }] } },
    });
    expect(JSON.stringify(answer.data)).toContain('"wallTimeP999"');
  });
});
