import type { Context, Target } from "../context.ts";
import { decideHealth, measureHealth, undecidedHealth } from "../gate/health.ts";
import type { Measurement, Verdict } from "../ledger/entry.ts";
import type { ProbeTarget } from "../ports.ts";

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
  /** Whether a person wants the rollout to stop here; the verdict is inconclusive then. */
  readonly interrupted?: () => Promise<boolean>;
}

/** Header that pins a request to a version of the current deployment. @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#version-overrides */
const OVERRIDES = "Cloudflare-Workers-Version-Overrides";

/** Asks the health endpoint until the gate passes, after its soak, or fails, or its time is up. */
export async function judgeHealth(context: Context, target: Target, request: GateRequest): Promise<Verdict> {
  const { clock, probe, reporter } = context;
  const { timeoutMs, passes, intervalMs } = context.settings.configuration.gate;
  const { gate, versionId, soakMs = 0, interrupted = async () => false } = request;
  const expected = { probe: gate, versionId, environment: target.name };
  const at = probeTarget(context, target, request);
  const soakedMs = clock.monotonicMs() + soakMs;
  const deadlineMs = soakedMs + timeoutMs;
  const measurements: Measurement[] = [];
  for (;;) {
    const measurement = measureHealth(expected, await probe(at, timeoutMs));
    measurements.push(measurement);
    reporter.measured(measurement);
    const verdict = decideHealth(gate, measurements, passes);
    if (verdict?.result === "fail") return verdict;
    if (verdict && clock.monotonicMs() >= soakedMs) return verdict;
    if (clock.monotonicMs() >= deadlineMs) return undecidedHealth(gate, measurements);
    if (await interrupted()) return { gate, result: "inconclusive", measurements: measurements.slice(-1) };
    await clock.sleep(intervalMs);
  }
}

function probeTarget(
  { settings }: Context,
  target: Target,
  { baseUrl, pinned, versionId }: GateRequest,
): ProbeTarget {
  const { url, connectTo } = target.configuration;
  const override: Record<string, string> = pinned
    ? { [OVERRIDES]: `${target.worker.workerName}="${versionId}"` }
    : {};
  return {
    url: new URL(settings.configuration.worker.healthPath, baseUrl ?? url).href,
    connectTo,
    headers: override,
  };
}
