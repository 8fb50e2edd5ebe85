import * as z from "zod";
import { ok } from "../../../http/reply.ts";
import type { Route, RouteDoc } from "../../../http/routes.ts";
import { DATASET, type TelemetryEvent } from "./events.ts";
import { fieldsOf, typeOf } from "./fields.ts";
import { filtersSchema, hasNeedle, isFound, needleSchema } from "./filters.ts";
import { answerQuery, querySchema } from "./query.ts";

const TELEMETRY = "/accounts/:accountId/workers/observability/telemetry";

const DOC = {
  service: "Workers: observability",
  source:
    "https://developers.cloudflare.com/api/resources/workers/subresources/observability/subresources/telemetry/",
} as const satisfies Partial<RouteDoc>;

const keysSchema = z.object({
  datasets: z.array(z.string()).default([]),
  filters: filtersSchema,
  needle: needleSchema.optional(),
  keyNeedle: needleSchema.optional(),
  from: z.number().int().optional(),
  to: z.number().int().optional(),
  limit: z.number().int().min(1).max(1000).default(1000),
});

const valuesSchema = z.object({
  datasets: z.array(z.string()).default([]),
  key: z.string(),
  type: z.enum(["string", "number", "boolean"]),
  timeframe: z.object({ from: z.number().int(), to: z.number().int() }),
  filters: filtersSchema,
  needle: needleSchema.optional(),
  limit: z.number().int().min(1).max(1000).default(50),
});

/** `events` are those of a range of milliseconds, newest first. */
export function telemetryRoutes(sources: {
  readonly accountId: string;
  readonly events: (range: { readonly from: number; readonly to: number }) => readonly TelemetryEvent[];
  readonly now: () => number;
}): readonly Route[] {
  const { accountId, events, now } = sources;
  return [
    {
      method: "POST",
      path: `${TELEMETRY}/query`,
      scope: "workers:read",
      doc: {
        ...DOC,
        summary: "logs, exceptions and invocations of Workers that have observability turned on",
        fields: {
          "view: events, calculations, invocations": "supported",
          "view: traces, agents, requests": "refused: 10501",
          parameters: "supported",
          "parameters left out": "refused: queries can't be saved (10501)",
          compare: "refused: 10501",
          "chartType: distribution": "refused: 10501",
          "parameters.needle, regex": "approximated: regular expressions are JavaScript's, not RE2's",
          "→ cpuTimeMs": "approximated: 0, the open-source runtime doesn't measure it",
          "more than 1000 lines a second, or 50000 in all":
            "approximated: the rest, and the oldest, are dropped",
        },
      },
      handle: async (request) => {
        const query = await request.json(querySchema);
        return ok(answerQuery(query, events(query.timeframe), accountId));
      },
    },
    {
      method: "POST",
      path: `${TELEMETRY}/keys`,
      scope: "workers:read",
      doc: { ...DOC, summary: "the keys that events have" },
      handle: async (request) => {
        const { from = 0, to = now(), filters, needle, keyNeedle, limit } = await request.json(keysSchema);
        const keys = new Map<string, { key: string; lastSeenAt: number; type: string }>();
        for (const event of events({ from, to })) {
          const fields = fieldsOf(event);
          if (!isFound(fields, { filters, combination: "and", needle })) continue;
          for (const [key, value] of fields) {
            if (keys.has(key) || (keyNeedle && !hasNeedle(key, keyNeedle))) continue;
            keys.set(key, { key, lastSeenAt: event.timestamp, type: typeOf(value) });
          }
        }
        return ok([...keys.values()].slice(0, limit));
      },
    },
    {
      method: "POST",
      path: `${TELEMETRY}/values`,
      scope: "workers:read",
      doc: { ...DOC, summary: "the values that a key has" },
      handle: async (request) => {
        const { key, type, timeframe, filters, needle, limit } = await request.json(valuesSchema);
        const found = events(timeframe).flatMap((event) => {
          const fields = fieldsOf(event);
          const value = fields.get(key);
          if (value === undefined || typeOf(value) !== type) return [];
          return isFound(fields, { filters, combination: "and", needle }) ? [value] : [];
        });
        return ok(
          [...new Set(found)].slice(0, limit).map((value) => ({ dataset: DATASET, key, type, value })),
        );
      },
    },
  ];
}
