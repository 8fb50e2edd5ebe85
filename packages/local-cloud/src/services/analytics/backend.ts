import type { DatabaseSync } from "node:sqlite";
import type { InvocationStatus, RequestRecord } from "../../dataplane/exchange.ts";
import type { TraceEvent } from "../tail/trace-event.ts";
import type { VersionDocument, WorkerDocument } from "../workers/model.ts";
import type { BucketOperation } from "./bucket-operations.ts";
import { R2_OPERATIONS, WORKERS_INVOCATIONS, type Dataset } from "./graphql/datasets.ts";
import { Measurements, type Measurement } from "./measurements.ts";
import { DataPoints, withoutDataPoints } from "./engine/data-points.ts";
import { registerFunctions } from "./engine/functions.ts";
import { answerSql, type SqlAnswer } from "./engine/query.ts";
import type { TelemetryEvent } from "./telemetry/events.ts";
import { TelemetryStore } from "./telemetry/store.ts";

/** How metrics differ from what happened, as those of the real service do. */
export interface MetricsSettings {
  /** An event shows up in answers this much later. */
  readonly delayMs: number;
  /** Share of the events that are counted, each for `1 / samplingRate`: in (0, 1]. */
  readonly samplingRate: number;
}

/** Nothing is late and nothing is left out. */
export const EXACT_METRICS: MetricsSettings = { delayMs: 0, samplingRate: 1 };

export interface AnalyticsParts {
  readonly database: DatabaseSync;
  readonly worker: (name: string) => WorkerDocument | undefined;
  readonly settings: MetricsSettings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

const FLUSH_MS = 500;

/** What the traffic was: takes note of requests and invocations in memory, and writes batches. */
export class AnalyticsBackend {
  readonly #parts: AnalyticsParts;
  readonly #measurements: Measurements;
  readonly #telemetry: TelemetryStore;
  readonly #points: DataPoints;
  readonly #timer: NodeJS.Timeout;
  #isFailing = false;

  constructor(parts: AnalyticsParts) {
    const { database, settings, random, now } = parts;
    this.#parts = parts;
    this.#measurements = new Measurements(database, { rate: settings.samplingRate, random });
    this.#measurements.expire(now());
    this.#telemetry = new TelemetryStore(database, random);
    this.#points = new DataPoints(database);
    registerFunctions(database, () => Math.floor(now() / 1000));
    this.#timer = setInterval(() => this.flush(), FLUSH_MS).unref();
  }

  /** A request that the edge answered. */
  answered(record: RequestRecord): void {
    if (record.worker === undefined || record.versionId === undefined) return;
    this.#telemetry.took(record.ray, record.durationMs);
    this.#count({
      worker: record.worker,
      versionId: record.versionId,
      status: record.outcome,
      wallTimeMs: record.durationMs,
    });
  }

  /**
   * What a version did, from its trace; comes back without the data points that it wrote. Requests are counted by the
   * edge, which knows how long they took.
   */
  traced(version: VersionDocument, withPoints: readonly TraceEvent[]): readonly TraceEvent[] {
    const { traces: events, points } = withoutDataPoints(withPoints);
    this.#points.add(points);
    const { now, worker } = this.#parts;
    this.#telemetry.traced(version, events, { worker: worker(version.worker), nowMs: now() });
    for (const event of events) {
      if (isRequest(event)) continue;
      this.#count({
        worker: version.worker,
        versionId: version.id,
        status: statusOf(event.outcome),
        wallTimeMs: undefined,
      });
    }
    return events;
  }

  /** An operation on a bucket that came through the API, such as `PutObject`. */
  bucketOperation({ bucket, action, status }: BucketOperation): void {
    this.#measurements.add(R2_OPERATIONS.field, {
      atMs: this.#parts.now(),
      dimensions: {
        bucketName: bucket,
        actionType: action,
        actionStatus: status < 400 ? "success" : "userError",
        responseStatusCode: status,
      },
      sums: { requests: 1 },
    });
  }

  /** What was counted in a range of seconds, as far as it is to be seen by now. */
  measurements(
    dataset: Dataset,
    range: { readonly from: number; readonly to: number },
  ): readonly Measurement[] {
    const { now, settings, worker } = this.#parts;
    const visible = Math.floor((now() - settings.delayMs) / 1000);
    this.flush();
    const found = this.#measurements.between(dataset.field, range.from, Math.min(range.to, visible));
    if (dataset !== WORKERS_INVOCATIONS) return found;
    const names = new Set(found.map(({ dimensions }) => String(dimensions["scriptName"])));
    const tags = new Map([...names].map((name) => [name, worker(name)?.tag ?? ""]));
    return found.map((measurement) => {
      const scriptTag = tags.get(String(measurement.dimensions["scriptName"])) ?? "";
      return { ...measurement, dimensions: { ...measurement.dimensions, scriptTag } };
    });
  }

  /** How many events each one that is counted stands for. */
  get sampleInterval(): number {
    return 1 / this.#parts.settings.samplingRate;
  }

  /** Lines of the log in a range of milliseconds, newest first. */
  events({ from, to }: { readonly from: number; readonly to: number }): readonly TelemetryEvent[] {
    this.flush();
    return this.#telemetry.between(from, to);
  }

  /** Writes what is to be kept. What the disk has no room for is lost, and the rest goes on. */
  flush(): void {
    const failure = [
      failureOf(() => this.#measurements.flush()),
      failureOf(() => this.#telemetry.flush(this.#parts.now())),
      failureOf(() => this.#points.flush()),
    ].find((text) => text !== undefined);
    if (failure !== undefined && !this.#isFailing)
      this.#parts.log(`analytics: ${failure}; what is new is lost`);
    this.#isFailing = failure !== undefined;
  }

  /**
   * Answers a statement over the data points that Workers wrote.
   * @throws {SqlRefused} for one that is wrong or not supported.
   */
  sql(statement: string): SqlAnswer {
    this.flush();
    return answerSql(this.#parts.database, this.#points, statement);
  }

  /** Writes what is left and closes the database. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
    this.#parts.database.close();
  }

  #count(invocation: Invocation): void {
    const { worker, versionId, status, wallTimeMs } = invocation;
    const wallTime = wallTimeMs === undefined ? undefined : Math.round(wallTimeMs * 1000);
    this.#measurements.add(WORKERS_INVOCATIONS.field, {
      atMs: this.#parts.now(),
      dimensions: {
        scriptName: worker,
        scriptVersion: versionId,
        status,
      },
      sums: {
        requests: 1,
        errors: Number(ERRORS.has(status)),
        clientDisconnects: Number(status === "clientDisconnected"),
        wallTime: wallTime ?? 0,
      },
      samples: wallTime === undefined ? {} : { wallTime },
    });
  }
}

function failureOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

interface Invocation {
  readonly worker: string;
  readonly versionId: string;
  readonly status: InvocationStatus;
  readonly wallTimeMs: number | undefined;
}

const ERRORS: ReadonlySet<InvocationStatus> = new Set([
  "scriptThrewException",
  "exceededResources",
  "internalError",
]);

/** @see https://developers.cloudflare.com/workers/observability/metrics-and-analytics/#invocation-statuses */
function statusOf(outcome: string): InvocationStatus {
  switch (outcome) {
    case "ok":
      return "success";
    case "exception":
      return "scriptThrewException";
    case "canceled":
      return "clientDisconnected";
    case "exceededCpu":
    case "exceededMemory":
      return "exceededResources";
    default:
      return "internalError";
  }
}

function isRequest({ event }: TraceEvent): boolean {
  return event?.request !== undefined;
}
