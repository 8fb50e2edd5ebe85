import { randomUUID } from "node:crypto";
import type { TraceEvent } from "../../tail/trace-event.ts";
import type { VersionDocument } from "../../workers/model.ts";

/** One line of the log as queries give it. @see the `cloudflare` SDK's `TelemetryQueryResponse.Events.Event` */
export interface TelemetryEvent {
  readonly $metadata: Readonly<Record<string, string | number>>;
  readonly $workers: Readonly<Record<string, unknown>>;
  readonly dataset: string;
  /** What was logged: an object as it is, anything else as its text. */
  readonly source: string | Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export const DATASET = "cloudflare-workers";

export interface Invocation {
  readonly version: VersionDocument;
  readonly trace: TraceEvent;
  /** Of the request at the edge; undefined for what isn't one. */
  readonly ray: string | undefined;
  readonly wallTimeMs: number | undefined;
  /** Whether the invocation itself has a line, besides what it logged. */
  readonly withInvocation: boolean;
}

/** The lines of one invocation: itself, what it logged, and its exceptions. */
export function telemetryEvents(invocation: Invocation): readonly TelemetryEvent[] {
  const { trace, withInvocation } = invocation;
  const facts = factsOf(invocation);
  const lines = [
    ...(withInvocation ? [invocationLine(invocation, facts)] : []),
    ...trace.logs.map(({ level, message, timestamp }) => logLine(facts, { level, message, timestamp })),
    ...trace.exceptions.map(({ name, message, timestamp, stack }) => {
      const error = `${name}: ${message}`;
      const source = { level: "error", message: error, ...(typeof stack === "string" && { stack }) };
      return line(facts, { level: "error", message: error, timestamp, source, error });
    }),
  ];
  return lines;
}

interface Facts {
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly workers: Readonly<Record<string, unknown>>;
}

function factsOf({ version, trace, ray }: Invocation): Facts {
  const requestId = ray ?? randomUUID();
  const trigger = triggerOf(trace);
  const { request, response } = trace.event ?? {};
  return {
    metadata: {
      requestId,
      service: version.worker,
      trigger: trigger.text,
      origin: trigger.eventType,
      ...(request && { url: request.url }),
      ...(response && { statusCode: response.status }),
      ...(ray !== undefined && { rayId: ray }),
    },
    workers: {
      eventType: trigger.eventType,
      scriptName: version.worker,
      outcome: trace.outcome,
      requestId,
      executionModel: trace["executionModel"] ?? "stateless",
      truncated: trace["truncated"] ?? false,
      scriptVersion: { id: version.id, ...tagOf(version) },
      event: trace.event ?? {},
    },
  };
}

function tagOf({ annotations }: VersionDocument): Readonly<Record<string, string>> {
  const { "workers/tag": tag, "workers/message": message } = annotations;
  return { ...(tag !== undefined && { tag }), ...(message !== undefined && { message }) };
}

function triggerOf({ event }: TraceEvent): { readonly eventType: string; readonly text: string } {
  if (event?.request) {
    const path = URL.parse(event.request.url)?.pathname ?? event.request.url;
    return { eventType: "fetch", text: `${event.request.method} ${path}` };
  }
  if (typeof event?.["cron"] === "string") return { eventType: "cron", text: event["cron"] };
  if (typeof event?.["queue"] === "string") return { eventType: "queue", text: event["queue"] };
  if (typeof event?.["rpcMethod"] === "string") return { eventType: "rpc", text: event["rpcMethod"] };
  return event && "scheduledTime" in event
    ? { eventType: "alarm", text: "alarm" }
    : { eventType: "unknown", text: "unknown" };
}

function invocationLine({ trace, wallTimeMs }: Invocation, facts: Facts): TelemetryEvent {
  const level = trace.outcome === "ok" ? "info" : "error";
  const message = String(facts.metadata["trigger"]);
  const timestamp = trace.eventTimestamp ?? Date.now();
  const entry = line(facts, {
    level,
    message,
    timestamp,
    source: { level, message },
    type: "cf-worker-event",
  });
  const times = { wallTimeMs: Math.round(wallTimeMs ?? 0), cpuTimeMs: Number(trace["cpuTime"] ?? 0) };
  return { ...entry, $workers: { ...entry.$workers, ...times } };
}

/** One object is kept with its fields, so that they can be asked for; all else becomes text. */
function logLine(
  facts: Facts,
  { level, message, timestamp }: { level: string; message: unknown; timestamp: number },
): TelemetryEvent {
  const parts: unknown[] = Array.isArray(message) ? message : [message];
  const [only] = parts;
  const isObject = parts.length === 1 && typeof only === "object" && only !== null && !Array.isArray(only);
  const text = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
  const source = isObject ? (only as Record<string, unknown>) : { level, message: text };
  const shown = isObject && typeof source["message"] === "string" ? source["message"] : text;
  return line(facts, { level, message: shown, timestamp, source });
}

function line(
  { metadata, workers }: Facts,
  entry: {
    readonly level: string;
    readonly message: string;
    readonly timestamp: number;
    readonly source: TelemetryEvent["source"];
    readonly error?: string;
    readonly type?: string;
  },
): TelemetryEvent {
  const { level, message, timestamp, source, error, type = "cf-worker" } = entry;
  const id = randomUUID();
  return {
    $metadata: { id, ...metadata, level, message, type, ...(error !== undefined && { error }) },
    $workers: workers,
    dataset: DATASET,
    source,
    timestamp,
  };
}
