import { afterEach, describe, expect, test } from "vitest";
import { DATA_POINT_MARK } from "../../../dataplane/data-points-plugin.ts";
import { openAnalyticsDatabase } from "../database.ts";
import { DataPoints, withoutDataPoints } from "./data-points.ts";
import { registerFunctions } from "./functions.ts";
import { answerSql } from "./query.ts";

const START = Date.parse("2026-11-23T10:00:00Z");

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers SQL over a dataset of six points, ten minutes apart. */
function asked(sql: string): unknown {
  const database = openAnalyticsDatabase(":memory:", () => undefined);
  closers.push(() => database.close());
  registerFunctions(database, () => START / 1000 + 3600);
  const points = new DataPoints(database);
  points.add(
    [1, 2, 3, 4, 5, 6].map((number) => ({
      dataset: "sales",
      timestampMs: START + (number - 1) * 600_000,
      index: number % 2 === 0 ? "even" : "odd",
      blobs: [`shop-${number % 3}`, "it's"],
      doubles: [number, number / 2],
    })),
  );
  const { body } = answerSql(database, points, sql);
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const rows = (sql: string) => (asked(sql) as { data: unknown }).data;

describe("the SQL API", () => {
  test("gives rows with their columns' types", () => {
    expect(
      asked("SELECT timestamp, blob1 AS shop, double1 FROM sales ORDER BY double1 DESC LIMIT 1 FORMAT JSON"),
    ).toEqual({
      meta: [
        { name: "timestamp", type: "DateTime" },
        { name: "shop", type: "String" },
        { name: "double1", type: "Float64" },
      ],
      data: [{ timestamp: "2026-11-23 10:50:00", shop: "shop-0", double1: 6 }],
      rows: 1,
    });
  });

  test("groups, in time too, weighted by the sample interval", () => {
    const sql = `SELECT toStartOfInterval(timestamp, INTERVAL '30' MINUTE) AS t, SUM(_sample_interval * double1) AS total,
      quantileExactWeighted(0.5)(double1, _sample_interval) AS median, count() AS n
      FROM sales GROUP BY t HAVING n > 1 ORDER BY t ASC`;

    expect(rows(sql)).toEqual([
      { t: "2026-11-23 10:00:00", total: 6, median: 2, n: 3 },
      { t: "2026-11-23 10:30:00", total: 15, median: 5, n: 3 },
    ]);
  });

  test.each([
    ["timestamp > NOW() - INTERVAL '25' MINUTE", [5, 6]],
    ["timestamp >= toDateTime('2026-11-23 10:40:00')", [5, 6]],
    ["index1 = 'even' AND double1 < 5", [2, 4]],
    ["blob1 IN ('shop-1', 'x') OR double2 = 3", [1, 4, 6]],
    ["blob2 = 'it''s' AND NOT double1 BETWEEN 2 AND 6", [1]],
    ["blob1 LIKE '%-2'", [2, 5]],
    ["blob20 = '' AND double20 = 0 AND double1 = 3", [3]],
    ["toUnixTimestamp(timestamp) % 1200 == 0", [1, 3, 5]],
  ])("filters by %s", (where, found) => {
    const data = rows(`SELECT double1 AS d FROM sales WHERE ${where} ORDER BY d`) as { d: number }[];

    expect(data.map(({ d }) => d)).toEqual(found);
  });

  test.each([
    ["count()", 6],
    ["count(DISTINCT blob1)", 3],
    ["avg(double1)", 3.5],
    ["min(double1)", 1],
    ["max(timestamp)", "2026-11-23 10:50:00"],
    ["countIf(double1 > 4)", 2],
    ["sumIf(double1, index1 = 'even')", 12],
    ["avgIf(double1, index1 = 'odd')", 3],
    ["sum(double1) / count()", 3.5],
    ["count() / 4", 1.5],
    ["intDiv(sum(double1), 4)", 5],
    ["max(if(index1 = 'odd', double1, 0))", 5],
    ["round(avg(double2))", 2],
  ])("calculates %s", (expression, value) => {
    expect(rows(`SELECT ${expression} AS v FROM sales`)).toEqual([{ v: value }]);
  });

  test("lists the datasets that have points", () => {
    expect(rows("SHOW TABLES")).toEqual([{ dataset: "sales", type: "table" }]);
  });

  test("writes lines of JSON and tab-separated values", () => {
    const sql = "SELECT index1, count() AS n FROM sales GROUP BY index1 ORDER BY index1";

    expect(asked(`${sql} FORMAT JSONEachRow`)).toBe('{"index1":"even","n":3}\n{"index1":"odd","n":3}\n');
    expect(asked(`${sql} FORMAT TabSeparated;`)).toBe("even\t3\nodd\t3\n");
  });

  test.each([
    ["DELETE FROM sales", "unsupported statement: DELETE"],
    ["SELECT 1 FROM sales; SELECT 2 FROM sales", "more than one statement"],
    ["SELECT topK(3)(blob1) FROM sales", "unsupported function: topK"],
    ["SELECT load_extension('x') FROM sales", "unsupported function: load_extension"],
    ["SELECT name FROM sales", "unknown column or unsupported keyword: name"],
    ["SELECT blob1 FROM sales JOIN other", "unsupported keyword: JOIN"],
    ["SELECT blob1 FROM sales UNION SELECT blob1 FROM sales", "unsupported keyword: UNION"],
    ["SELECT blob1 FROM (SELECT blob1 FROM sales)", "needs FROM and the name of one dataset"],
    ["SELECT blob1 FROM sales, other", "more than one dataset"],
    ["SELECT blob1 FROM main.sales", "unsupported: qualified names"],
    ["SELECT blob1 FROM sales FORMAT CSV", "unsupported format: CSV"],
    ["SELECT blob1 FROM nothing", "unable to find table: nothing"],
    ["SELECT blob1 FROM sales WHERE (", "unable to execute query"],
    ["SELECT blob1 FROM sales WHERE blob1 = 'x", "unable to parse query"],
    ["SELECT timestamp - INTERVAL '1' AEON FROM sales", "unsupported interval: 1 AEON"],
    ['SELECT double1 AS "x""" FROM sales', "AS takes one name"],
    ["", "unsupported statement: nothing"],
  ])("refuses %s by name", (sql, message) => {
    expect(() => asked(sql)).toThrow(message);
  });
});

test("data points are taken out of the log, and everything else stays", () => {
  const point = { dataset: "sales", index: "", blobs: ["a"], doubles: [1, null] };
  const log = { level: "log", message: ["hello"], timestamp: 1 };
  const written = { level: "debug", message: [DATA_POINT_MARK, JSON.stringify(point)], timestamp: 2 };
  const trace = { outcome: "ok", logs: [log, written], exceptions: [], eventTimestamp: 1, event: null };

  const { traces, points } = withoutDataPoints([trace]);

  expect(traces).toEqual([{ ...trace, logs: [log] }]);
  expect(points).toEqual([{ ...point, timestampMs: 2 }]);
});
