import * as z from "zod";

/** A trace event as a tail Worker gets it. @see https://developers.cloudflare.com/workers/runtime-apis/handlers/tail/#tailitems */
export const traceEventSchema = z.looseObject({
  outcome: z.string(),
  logs: z.array(z.looseObject({ level: z.string(), message: z.unknown(), timestamp: z.number() })),
  exceptions: z.array(z.looseObject({ name: z.string(), message: z.string(), timestamp: z.number() })),
  eventTimestamp: z.number().nullable(),
  event: z
    .looseObject({
      request: z
        .looseObject({ url: z.string(), method: z.string(), headers: z.record(z.string(), z.string()) })
        .optional(),
      response: z.looseObject({ status: z.number() }).optional(),
    })
    .nullable(),
});
export type TraceEvent = z.infer<typeof traceEventSchema>;
