import type { DatabaseSync, StatementSync } from "node:sqlite";
import { transaction } from "../../../store/transaction.ts";
import type { TraceEvent } from "../../tail/trace-event.ts";
import type { VersionDocument, WorkerDocument } from "../../workers/model.ts";
import { telemetryEvents, type Invocation, type TelemetryEvent } from "./events.ts";

/** So many lines are kept, the newest. */
const MAX_LINES = 50_000;
/** Of more lines in a second, the rest is dropped. */
const LINES_PER_SECOND = 1000;
/** How long an invocation waits for the edge to say how long its request took. */
const PATIENCE_MS = 2000;
const REMEMBERED_RAYS = 10_000;

interface Waiting extends Omit<Invocation, "wallTimeMs"> {
  readonly sinceMs: number;
}

/** Logs of Workers that have observability turned on. */
export class TelemetryStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #random: () => number;
  /** Two generations, so that forgetting the oldest costs nothing. */
  #durations = new Map<string, number>();
  #olderDurations = new Map<string, number>();
  #waiting: Waiting[] = [];
  #second = 0;
  #linesInSecond = 0;

  constructor(database: DatabaseSync, random: () => number) {
    this.#database = database;
    this.#random = random;
    this.#insert = database.prepare("INSERT INTO telemetry (timestamp, ray, document) VALUES (?, ?, ?)");
  }

  /** How long a request took at the edge. */
  took(ray: string, durationMs: number): void {
    this.#durations.set(ray, durationMs);
    if (this.#durations.size < REMEMBERED_RAYS / 2) return;
    this.#olderDurations = this.#durations;
    this.#durations = new Map();
  }

  /** Keeps what the Worker's settings ask for. @see https://developers.cloudflare.com/workers/observability/logs/workers-logs/#configuration-options */
  traced(
    version: VersionDocument,
    traces: readonly TraceEvent[],
    at: { readonly worker: WorkerDocument | undefined; readonly nowMs: number },
  ): void {
    const settings = settingsOf(at.worker);
    if (settings === undefined) return;
    for (const trace of traces) {
      if (settings.samplingRate < 1 && this.#random() >= settings.samplingRate) continue;
      const ray = trace.event?.request?.headers["cf-ray"]?.split("-")[0];
      this.#waiting.push({ version, trace, ray, withInvocation: settings.invocationLogs, sinceMs: at.nowMs });
    }
  }

  /** Writes what is complete. What can't be written is lost. */
  flush(nowMs: number): void {
    const { complete = [], incomplete = [] } = Object.groupBy(this.#waiting, ({ ray, sinceMs }) =>
      ray === undefined || this.#duration(ray) !== undefined || nowMs - sinceMs >= PATIENCE_MS
        ? "complete"
        : "incomplete",
    );
    if (complete.length === 0) return;
    this.#waiting = incomplete;
    transaction(this.#database, () => {
      for (const invocation of complete) this.#write(invocation, nowMs);
      this.#database.exec(
        `DELETE FROM telemetry WHERE sequence <= (SELECT max(sequence) FROM telemetry) - ${MAX_LINES}`,
      );
    });
  }

  /** Newest first; both bounds, in milliseconds, belong to the range. */
  between(fromMs: number, toMs: number): readonly TelemetryEvent[] {
    const sql =
      "SELECT document FROM telemetry WHERE timestamp BETWEEN ? AND ? ORDER BY timestamp DESC, sequence DESC";
    const rows = this.#database.prepare(sql).all(fromMs, toMs);
    return rows.map((row) => JSON.parse(String(row["document"])) as TelemetryEvent);
  }

  #duration(ray: string): number | undefined {
    return this.#durations.get(ray) ?? this.#olderDurations.get(ray);
  }

  #write(invocation: Waiting, nowMs: number): void {
    const { ray } = invocation;
    const wallTimeMs = ray === undefined ? undefined : this.#duration(ray);
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) this.#linesInSecond = 0;
    this.#second = second;
    for (const event of telemetryEvents({ ...invocation, wallTimeMs })) {
      this.#linesInSecond += 1;
      if (this.#linesInSecond > LINES_PER_SECOND) return;
      this.#insert.run(event.timestamp, ray ?? null, JSON.stringify(event));
    }
  }
}

interface ObservabilitySettings {
  readonly samplingRate: number;
  readonly invocationLogs: boolean;
}

/** Undefined where observability, or its logs, are off. */
function settingsOf(worker: WorkerDocument | undefined): ObservabilitySettings | undefined {
  const settings = worker?.settings["observability"] as Partial<Record<string, unknown>> | null | undefined;
  const logs = settings?.["logs"] as Partial<Record<string, unknown>> | null | undefined;
  if (!(logs?.["enabled"] ?? settings?.["enabled"] ?? false)) return undefined;
  const samplingRate = Number(logs?.["head_sampling_rate"] ?? settings?.["head_sampling_rate"] ?? 1);
  return { samplingRate, invocationLogs: logs?.["invocation_logs"] !== false };
}
