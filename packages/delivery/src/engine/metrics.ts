import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { judgeMetrics, NOTHING_LOOKED_AT, type MetricsFinding } from "../gate/judge-metrics.ts";
import { NO_METRICS, type Stratum } from "../gate/metrics.ts";
import { metricsRules } from "../gate/rules.ts";
import { metricsWindows } from "../gate/windows.ts";
import type { LedgerSession } from "../ledger-session.ts";
import type { RolloutPlan } from "../rollout/plan.ts";
import { refuseMoved } from "./route.ts";

/** Looks at the metrics of both versions, once per call. Metrics that can't be had are inconclusive. */
export type MetricsWatch = (ownDurationsMs: readonly number[]) => Promise<MetricsFinding>;

/** A watch over one step's soak; undefined where nothing is to be watched: no soak, no stable version, no metric. */
export function watchMetrics(
  context: Context,
  target: Target,
  watched: { readonly plan: RolloutPlan; readonly ledger: LedgerSession; readonly candidate: string },
): MetricsWatch | undefined {
  const { plan } = watched;
  const { stable, steps } = plan;
  const { soakMs } = target.configuration.rollout;
  const sharedSteps = steps.filter((step) => step > 0 && step < 100).length;
  const rules = metricsRules(target.configuration, sharedSteps);
  if (stable === undefined || soakMs === 0 || (!rules.errorRate && !rules.latency)) return undefined;
  let state = NOTHING_LOOKED_AT;
  return async (ownDurationsMs) => {
    try {
      await refuseMoved(context, target, watched);
      const strata = await readStrata(context, target, { ...watched, stable: stable.versionId });
      const current = strata.at(-1);
      const finding = judgeMetrics(
        state,
        current === undefined ? [] : [...strata.slice(0, -1), { ...current, ownDurationsMs }],
        rules,
      );
      ({ state } = finding);
      return finding;
    } catch (error) {
      if (!(error instanceof DeliveryError) || !isAbsence(error)) throw error;
      const measurements = [{ probe: "metrics", result: "error" as const, detail: detailOf(error) }];
      return { state, result: "inconclusive", measurements };
    }
  };
}

/** Metrics that are down say nothing of the candidate. */
function isAbsence({ code }: DeliveryError): boolean {
  return code === "PLATFORM_UNAVAILABLE" || code === "PLATFORM_REFUSED";
}

/** A refusal needs somebody to do something; an absence passes. */
function detailOf({ code, message, hint }: DeliveryError): string {
  return code === "PLATFORM_REFUSED" ? `${message} ${hint}` : message;
}

async function readStrata(
  { platform }: Context,
  target: Target,
  {
    ledger,
    candidate,
    stable,
  }: { readonly ledger: LedgerSession; readonly candidate: string; readonly stable: string },
): Promise<readonly Stratum[]> {
  const worker = target.worker.workerName;
  const deployments = (await platform.deployments(worker)) ?? [];
  const windows = metricsWindows(ledger.state().open?.entries ?? [], deployments, candidate);
  const met = await platform.invocations({ worker, versions: [candidate, stable], windows });
  return met.map((versions) => ({
    candidate: versions.get(candidate) ?? NO_METRICS,
    stable: versions.get(stable) ?? NO_METRICS,
    ownDurationsMs: [],
  }));
}
