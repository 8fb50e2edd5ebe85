import type { Context, Target } from "../context.ts";
import type { MetricsFinding } from "../gate/judge-metrics.ts";
import { decideHealth, measureHealth, tooManyErrors, undecidedHealth } from "../gate/health.ts";
import type { Measurement, Verdict } from "../ledger/entry.ts";
import type { ProbeTarget } from "../ports.ts";
import type { MetricsWatch } from "./metrics.ts";

/** How a gate reaches the version that it judges. */
export interface GateRequest {
  readonly gate: string;
  readonly versionId: string;
  /** Where to ask; the environment's own address unless given. */
  readonly baseUrl?: string;
  /** Whether to pin the request to the version. Without it, whatever serves answers. */
  readonly pinned: boolean;
  /** For how long the version has to stay healthy. */
  readonly soakMs?: number;
  /** Looks at the metrics in the soak. */
  readonly metrics?: MetricsWatch;
  /** Whether a person wants the rollout to stop here; the verdict is inconclusive then. */
  readonly interrupted?: () => Promise<boolean>;
}

/** Header that pins a request to a version of the current deployment. @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#version-overrides */
const OVERRIDES = "Cloudflare-Workers-Version-Overrides";

/** What a gate has seen so far. */
interface Watched {
  readonly measurements: readonly Measurement[];
  /** How long the requests to the candidate took. */
  readonly durationsMs: readonly number[];
  /** Whether it has been healthy for once. */
  readonly passedOnce: boolean;
  readonly finding: MetricsFinding | undefined;
  readonly nextLookMs: number;
  /** Looks at the metrics since the soak that couldn't tell. */
  readonly inconclusives: number;
}

/**
 * Asks the health endpoint, and looks at the metrics, until the gate passes after its soak, or fails, or can't tell.
 * @throws {DeliveryError} DRIFT when somebody else deploys meanwhile
 */
export async function judgeHealth(context: Context, target: Target, request: GateRequest): Promise<Verdict> {
  const { clock } = context;
  const { timeoutMs, metricsIntervalMs } = context.settings.configuration.gate;
  const startedMs = clock.monotonicMs();
  const soakedMs = startedMs + (request.soakMs ?? 0);
  const times = { deadlineMs: startedMs + timeoutMs, soakedMs, settledMs: soakedMs + timeoutMs };
  let watched: Watched = {
    measurements: [],
    durationsMs: [],
    passedOnce: false,
    finding: undefined,
    nextLookMs: startedMs + metricsIntervalMs,
    inconclusives: 0,
  };
  for (;;) {
    watched = await watchOnce(context, target, { request, watched, ...times });
    const verdict = decide(context, target, { request, watched, ...times });
    if (verdict) return verdict;
    if ((await request.interrupted?.()) === true)
      return { gate: request.gate, result: "inconclusive", measurements: watched.measurements.slice(-1) };
    await clock.sleep(pauseMs(context, watched, times.soakedMs));
  }
}

interface Watching {
  readonly request: GateRequest;
  readonly watched: Watched;
  readonly deadlineMs: number;
  readonly soakedMs: number;
  /** When it has to be healthy again after the soak. */
  readonly settledMs: number;
}

/** One question, and one look at the metrics when it is due. */
async function watchOnce(
  context: Context,
  target: Target,
  { request, watched, soakedMs }: Watching,
): Promise<Watched> {
  const { clock, probe, reporter } = context;
  const { timeoutMs, passes, metricsIntervalMs } = context.settings.configuration.gate;
  const expected = { probe: request.gate, versionId: request.versionId, environment: target.name };
  const answer = await probe(probeTarget(context, target, request), timeoutMs);
  const measurement = measureHealth(expected, answer);
  reporter.measured(measurement);
  const measurements = [...watched.measurements, measurement];
  const passedOnce =
    watched.passedOnce || decideHealth(request.gate, measurements, { passes })?.result === "pass";
  const durationMs = answer.kind === "answer" ? answer.durationMs : timeoutMs;
  const durationsMs = [...watched.durationsMs, durationMs];
  const asked = { ...watched, measurements, durationsMs, passedOnce };
  const nowMs = clock.monotonicMs();
  const soaked = nowMs >= soakedMs;
  if (!request.metrics || (nowMs < watched.nextLookMs && !(soaked && nowMs - soakedMs < metricsIntervalMs)))
    return asked;
  const finding = await request.metrics(durationsMs);
  for (const each of finding.measurements) reporter.measured(each);
  const inconclusives = soaked && finding.result === "inconclusive" ? watched.inconclusives + 1 : 0;
  return { ...asked, finding, inconclusives, nextLookMs: nowMs + metricsIntervalMs };
}

function decide(
  context: Context,
  target: Target,
  { request, watched, deadlineMs, soakedMs, settledMs }: Watching,
): Verdict | undefined {
  const { passes, limits } = context.settings.configuration.gate;
  const { gate } = request;
  const { measurements, passedOnce, finding } = watched;
  const nowMs = context.clock.monotonicMs();
  const health = decideHealth(gate, measurements, { passes, failures: limits.failures });
  if (health?.result === "fail") return health;
  if (passedOnce && tooManyErrors(measurements, limits.errors)) return undecidedHealth(gate, measurements);
  if (!passedOnce && nowMs >= deadlineMs) return undecidedHealth(gate, measurements);
  if (finding?.result === "fail")
    return {
      gate,
      result: "fail",
      measurements: finding.measurements.filter(({ result }) => result === "fail"),
    };
  if (health?.result !== "pass") return nowMs < settledMs ? undefined : undecidedHealth(gate, measurements);
  if (nowMs < soakedMs) return undefined;
  if (!request.metrics) return health;
  if (finding === undefined) return undefined;
  const both = [...health.measurements, ...finding.measurements];
  if (finding.result === "pass") return { gate, result: "pass", measurements: both };
  if (target.configuration.rollout.onInconclusive === "probes-decide")
    return { gate, result: "pass", measurements: both };
  return watched.inconclusives >= limits.inconclusives
    ? { gate, result: "inconclusive", measurements: both }
    : undefined;
}

/** Quick until it has passed and while anything is wrong, unhurried through the soak, and never past its end. */
function pauseMs(
  { settings, clock }: Context,
  { measurements, passedOnce }: Watched,
  soakedMs: number,
): number {
  const { intervalMs, soakIntervalMs } = settings.configuration.gate;
  if (!passedOnce || measurements.at(-1)?.result !== "pass") return intervalMs;
  const leftMs = soakedMs - clock.monotonicMs();
  return leftMs > 0 ? Math.min(soakIntervalMs, Math.max(leftMs, 1)) : soakIntervalMs;
}

/** How the version is asked; its health unless a path is given. */
export function probeTarget(
  { settings }: Context,
  target: Target,
  { baseUrl, pinned, versionId, path }: GateRequest & { readonly path?: string },
): ProbeTarget {
  const { url, connectTo } = target.configuration;
  const override: Record<string, string> = pinned
    ? { [OVERRIDES]: `${target.worker.workerName}="${versionId}"` }
    : {};
  return {
    url: new URL(path ?? settings.configuration.worker.healthPath, baseUrl ?? url).href,
    connectTo,
    headers: override,
  };
}
