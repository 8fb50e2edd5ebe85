import type { TrafficMinute } from "./fake-edge.ts";

const LEVELS = { P25: 0.25, P50: 0.5, P75: 0.75, P90: 0.9, P95: 0.95, P99: 0.99, P999: 0.999 };

/** Rows of `workersInvocationsAdaptive`, one per version that was met, for each window of the query (`from0`, `until0`, …). */
export function answerMetrics(minutes: ReadonlyMap<string, TrafficMinute>, body: unknown): unknown {
  const { variables } = body as {
    variables: { worker: string; versions: string[] } & Record<string, string>;
  };
  const { worker, versions } = variables;
  const account: Record<string, unknown> = {};
  for (let index = 0; variables[`from${index}`] !== undefined; index += 1) {
    const from = Date.parse(variables[`from${index}`] ?? "") / 60_000;
    const until = Date.parse(variables[`until${index}`] ?? "") / 60_000;
    account[`window${index}`] = versions.flatMap((version) => {
      const met = [...minutes].flatMap(([key, minute]) => {
        const [ofWorker, ofVersion, at] = key.split(" ");
        const within = Number(at) >= from && Number(at) < until;
        return ofWorker === worker && ofVersion === version && within ? [minute] : [];
      });
      return met.length === 0 ? [] : [row(version, met)];
    });
  }
  return { data: { viewer: { accounts: [account] } }, errors: null };
}

function row(scriptVersion: string, met: readonly TrafficMinute[]): unknown {
  const sorted = met.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
  const quantile = (level: number) => (sorted[Math.ceil(sorted.length * level) - 1] ?? 0) * 1000;
  return {
    dimensions: { scriptVersion },
    sum: {
      requests: met.reduce((sum, { requests }) => sum + requests, 0),
      errors: met.reduce((sum, { errors }) => sum + errors, 0),
    },
    avg: { sampleInterval: 1 },
    quantiles: Object.fromEntries(
      Object.entries(LEVELS).map(([suffix, level]) => [`wallTime${suffix}`, quantile(level)]),
    ),
  };
}
