import * as z from "zod";
import type { TraceEvent } from "./trace-event.ts";

const filterSchema = z.union([
  z.strictObject({ sampling_rate: z.number().gt(0).lte(1) }),
  z.strictObject({ outcome: z.array(z.string()) }),
  z.strictObject({ method: z.array(z.string()) }),
  z.strictObject({ header: z.strictObject({ key: z.string(), query: z.string().optional() }) }),
  z.strictObject({ client_ip: z.array(z.string()) }),
  z.strictObject({ query: z.string() }),
  z.strictObject({ scriptVersion: z.string() }),
]);

/** What a client sends when it makes a tail. A filter of another kind is refused, not ignored. @see wrangler's `translateCLICommandToFilterMessage` */
export const tailFiltersSchema = z.looseObject({ filters: z.array(filterSchema).default([]) });
export type TailFilters = z.infer<typeof tailFiltersSchema>["filters"];

export interface Filtered {
  readonly event: TraceEvent;
  readonly versionId: string;
  /** A draw in [0, 1), for sampling. */
  readonly draw: number;
}

/** Whether an event passes all filters. */
export function matches(filtered: Filtered, filters: TailFilters): boolean {
  return filters.every((filter) => matchesOne(filtered, filter));
}

function matchesOne({ event, versionId, draw }: Filtered, filter: TailFilters[number]): boolean {
  const request = event.event?.request;
  if ("sampling_rate" in filter) return draw < filter.sampling_rate;
  if ("outcome" in filter) return filter.outcome.includes(event.outcome);
  if ("method" in filter) return filter.method.some((method) => method.toUpperCase() === request?.method);
  if ("client_ip" in filter) return isFrom(request?.headers["cf-connecting-ip"], filter.client_ip);
  if ("header" in filter) return headerMatches(request?.headers ?? {}, filter.header);
  if ("query" in filter) return event.logs.some((log) => JSON.stringify(log.message).includes(filter.query));
  return filter.scriptVersion === versionId;
}

/** Clients of a local cloud are on this machine, and so is whoever tails. */
const SELF = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

function isFrom(address: string | undefined, wanted: readonly string[]): boolean {
  if (address === undefined) return false;
  return wanted.includes(address) || (wanted.includes("self") && SELF.has(address));
}

function headerMatches(
  headers: Readonly<Record<string, string>>,
  { key, query }: { readonly key: string; readonly query?: string | undefined },
): boolean {
  const value = headers[key.toLowerCase()];
  return value !== undefined && (query === undefined || value.includes(query));
}
