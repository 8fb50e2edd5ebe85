/** Cloudflare's names for its scalar types. @see https://developers.cloudflare.com/analytics/graphql-api/features/discovery/introspection/ */
type Scalar = "string" | "uint64" | "float64" | "Time" | "Date";

/** One node under `viewer.accounts`: what can be asked for, grouped by and filtered on. */
export interface Dataset {
  readonly field: string;
  readonly dimensions: Readonly<Record<string, Scalar>>;
  readonly hasCount: boolean;
  readonly sums: Readonly<Record<string, Scalar>>;
  /** Whether it tells how many events each one that was counted stands for. */
  readonly hasSampleInterval: boolean;
  readonly maxima: Readonly<Record<string, Scalar>>;
  /** Names such as `wallTimeP99`: the sample's name, and the level. */
  readonly quantiles: Readonly<Record<string, { readonly sample: string; readonly level: number }>>;
}

const TIME_DIMENSIONS = {
  date: "Date",
  datetime: "Time",
  datetimeMinute: "Time",
  datetimeFiveMinutes: "Time",
  datetimeFifteenMinutes: "Time",
  datetimeHour: "Time",
  datetimeSixHours: "Time",
} as const;

const LEVELS = { P25: 0.25, P50: 0.5, P75: 0.75, P90: 0.9, P95: 0.95, P99: 0.99, P999: 0.999 };

function quantilesOf(sample: string): Dataset["quantiles"] {
  return Object.fromEntries(
    Object.entries(LEVELS).map(([suffix, level]) => [`${sample}${suffix}`, { sample, level }]),
  );
}

/** Times are microseconds. @see https://developers.cloudflare.com/analytics/graphql-api/tutorials/querying-workers-metrics/ */
export const WORKERS_INVOCATIONS: Dataset = {
  field: "workersInvocationsAdaptive",
  dimensions: {
    ...TIME_DIMENSIONS,
    scriptName: "string",
    scriptTag: "string",
    scriptVersion: "string",
    status: "string",
  },
  hasCount: false,
  sums: {
    requests: "uint64",
    errors: "uint64",
    subrequests: "uint64",
    clientDisconnects: "uint64",
    wallTime: "uint64",
    cpuTimeUs: "uint64",
  },
  hasSampleInterval: true,
  maxima: {},
  quantiles: { ...quantilesOf("wallTime"), ...quantilesOf("cpuTime") },
};

/** What `wrangler r2 bucket info` asks for. @see https://developers.cloudflare.com/r2/platform/metrics-analytics/ */
export const R2_STORAGE: Dataset = {
  field: "r2StorageAdaptiveGroups",
  dimensions: { ...TIME_DIMENSIONS, bucketName: "string" },
  hasCount: false,
  sums: {},
  hasSampleInterval: false,
  maxima: { objectCount: "uint64", payloadSize: "uint64", metadataSize: "uint64", uploadCount: "uint64" },
  quantiles: {},
};

/** @see https://developers.cloudflare.com/r2/platform/metrics-analytics/ */
export const R2_OPERATIONS: Dataset = {
  field: "r2OperationsAdaptiveGroups",
  dimensions: {
    ...TIME_DIMENSIONS,
    bucketName: "string",
    actionType: "string",
    actionStatus: "string",
    responseStatusCode: "uint64",
  },
  hasCount: true,
  sums: { requests: "uint64" },
  hasSampleInterval: false,
  maxima: {},
  quantiles: {},
};

export const DATASETS: readonly Dataset[] = [WORKERS_INVOCATIONS, R2_STORAGE, R2_OPERATIONS];

const TRUNCATED_TO_SECONDS: Readonly<Record<string, number>> = {
  datetime: 1,
  datetimeMinute: 60,
  datetimeFiveMinutes: 300,
  datetimeFifteenMinutes: 900,
  datetimeHour: 3600,
  datetimeSixHours: 21_600,
};

/** A time dimension of a second, such as `2026-11-23T01:05:00Z`; undefined where the name is none of them. */
export function timeDimension(name: string, second: number): string | undefined {
  const step = TRUNCATED_TO_SECONDS[name];
  if (step !== undefined) return isoSeconds(Math.floor(second / step) * step);
  return name === "date" ? isoSeconds(second).slice(0, 10) : undefined;
}

function isoSeconds(second: number): string {
  return new Date(second * 1000).toISOString().replace(".000Z", "Z");
}
