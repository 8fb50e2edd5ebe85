import type { RawReply } from "../../../http/reply.ts";
import type { ApiRequest } from "../../../http/request.ts";
import type { Route, RouteDoc } from "../../../http/routes.ts";
import { SqlRefused } from "./errors.ts";
import type { SqlAnswer } from "./query.ts";

const PATH = "/accounts/:accountId/analytics_engine/sql";

const DOC: RouteDoc = {
  service: "Analytics Engine",
  summary: "query data points that Workers wrote",
  source: "https://developers.cloudflare.com/analytics/analytics-engine/sql-api/",
  fields: {
    "SELECT of one dataset, with WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET": "supported",
    "SHOW TABLES; FORMAT JSON, JSONEachRow, TabSeparated": "supported",
    "count, sum, avg, min, max, countIf, sumIf, avgIf, quantileExactWeighted, quantileWeighted": "supported",
    "if, intDiv, toUInt32, round, floor, ceil, length, lower, upper, substring": "supported",
    "now, toDateTime, toUnixTimestamp, toStartOfInterval, …Minute, …FiveMinutes, …FifteenMinutes, …Hour, …Day, INTERVAL":
      "supported",
    "other functions, subqueries, joins, other formats": "refused: 422, by name",
    _sample_interval: "approximated: 1, nothing is sampled",
    "→ meta": "approximated: numbers are Float64 or UInt64, and come as numbers",
    "more than 200000 data points": "approximated: the oldest are dropped",
  },
};

/** The answer has no envelope; what is refused is text. */
export function sqlRoutes(answer: (sql: string) => SqlAnswer): readonly Route[] {
  return [
    {
      method: "POST",
      path: PATH,
      scope: "analytics:read",
      doc: DOC,
      handle: async (request: ApiRequest) => reply(answer, (await request.bytes()).toString("utf8")),
    },
    {
      method: "GET",
      path: PATH,
      scope: "analytics:read",
      doc: { ...DOC, summary: "the same, with the statement in ?query", fields: { "?query": "supported" } },
      handle: (request: ApiRequest) => reply(answer, request.url.searchParams.get("query") ?? ""),
    },
  ];
}

function reply(answer: (sql: string) => SqlAnswer, sql: string): RawReply {
  try {
    const { contentType, body } = answer(sql);
    return { kind: "raw", status: 200, headers: { "content-type": contentType }, body };
  } catch (error) {
    if (!(error instanceof SqlRefused)) throw error;
    const headers = { "content-type": "text/plain; charset=UTF-8" };
    return { kind: "raw", status: 422, headers, body: `${error.message}\n` };
  }
}
