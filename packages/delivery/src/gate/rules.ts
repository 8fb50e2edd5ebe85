import type { EnvironmentConfiguration } from "../config/schema.ts";
import type { MetricsRules } from "./judge-metrics.ts";

/** How an environment's metrics are judged. */
export function metricsRules(
  { gates, rollout }: Pick<EnvironmentConfiguration, "gates" | "rollout">,
  sharedSteps: number,
): MetricsRules {
  return {
    errorRate: gates.errorRate === false ? undefined : gates.errorRate,
    latency: gates.p95Ms === false ? undefined : gates.p95Ms,
    minSamples: rollout.minSamples,
    sharedSteps,
  };
}
