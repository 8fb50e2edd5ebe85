import * as z from "zod";
import type { TraceEvent } from "./backend.ts";

/** What a client sends as its first message. @see wrangler's `translateCLICommandToFilterMessage` */
export const tailFiltersSchema = z.object({
  filters: z.array(
    z.union([
      z.object({ sampling_rate: z.number() }),
      z.object({ outcome: z.array(z.string()) }),
      z.object({ method: z.array(z.string()) }),
      z.object({ key: z.string(), query: z.string().optional() }),
      z.object({ client_ip: z.array(z.string()) }),
      z.object({ query: z.string() }),
      z.object({ scriptVersion: z.string() }),
    ]),
  ),
  debug: z.boolean().optional(),
});
export type TailFilters = z.infer<typeof tailFiltersSchema>;

/** Whether an event passes all filters. Sampling is by the event's time, so that it is repeatable. */
export function matches(event: TraceEvent, { filters }: TailFilters): boolean {
  return filters.every((filter) => matchesOne(event, filter));
}

function matchesOne(event: TraceEvent, filter: TailFilters["filters"][number]): boolean {
  const request = event.event?.request;
  if ("sampling_rate" in filter) return ((event.eventTimestamp ?? 0) % 1000) / 1000 < filter.sampling_rate;
  if ("outcome" in filter) return filter.outcome.includes(event.outcome);
  if ("method" in filter) return filter.method.includes(request?.method ?? "");
  if ("client_ip" in filter) return filter.client_ip.includes(request?.headers["cf-connecting-ip"] ?? "");
  if ("key" in filter) return headerMatches(request?.headers ?? {}, filter.key, filter.query);
  if ("query" in filter) return JSON.stringify(event.logs).includes(filter.query);
  return true;
}

function headerMatches(
  headers: Readonly<Record<string, string>>,
  key: string,
  query: string | undefined,
): boolean {
  const value = headers[key.toLowerCase()];
  return value !== undefined && (query === undefined || value.includes(query));
}
