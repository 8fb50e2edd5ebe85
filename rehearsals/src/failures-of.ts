import type { LoadCount } from "./load.ts";
import type { EnvironmentReport, RehearsalReport, ScenarioReport } from "./report.ts";
import type { EnvironmentName } from "./world.ts";

export interface EnvironmentLoad extends LoadCount {
  readonly environment: EnvironmentName;
}

/** What a rehearsal has come to. */
export interface Outcome {
  /** The release that both environments have to serve. */
  readonly first: Pick<EnvironmentReport, "release" | "digest">;
  readonly scenarios: readonly ScenarioReport[];
  readonly environments: RehearsalReport["environments"];
  readonly loads: readonly EnvironmentLoad[];
  /** What was asked of the local cloud that it doesn't know. */
  readonly unknownRoutes: readonly string[];
  readonly leaks: RehearsalReport["leaks"];
}

/** Everything that isn't as it must be, as sentences. */
export function failuresOf(outcome: Outcome): readonly string[] {
  const { first, scenarios, environments, loads, unknownRoutes, leaks } = outcome;
  return [
    ...scenarios
      .filter(({ ok }) => !ok)
      .map(
        ({ name, expected, served, exitCode }) =>
          `${name}: expected ${expected}, but ${served} (exit ${exitCode})`,
      ),
    ...Object.entries(environments)
      .filter(([, { release, digest }]) => release !== first.release || digest !== first.digest)
      .map(([name, served]) => `${name} serves ${bytesOf(served)} at the end, not ${bytesOf(first)}`),
    ...loads
      .filter(({ failed, misrouted }) => failed + misrouted > 0)
      .map(
        ({ environment, failed, misrouted, examples }) =>
          `${environment}: ${failed} requests failed, ${misrouted} were answered by another environment: ${examples.join("; ")}`,
      ),
    ...unknownRoutes.map((route) => `the local cloud has no route ${route}`),
    ...leaks.outbound.filter((host) => !isRegistry(host)).map((host) => `something tried to reach ${host}`),
    ...leaks.processes.map((line) => `a process outlived the rehearsal: ${line}`),
    ...(leaks.refs.length === 0 ? [] : ["refs of the clone changed"]),
  ];
}

/** The same release may be other bytes. */
function bytesOf({ release, digest }: Outcome["first"]): string {
  return `${release} (sha256 ${digest.slice(0, 16)})`;
}

/** The security scan asks the npm registry, and says so when it gets no answer. */
function isRegistry(host: string): boolean {
  return /(?:^|\.)npmjs\.org(?::\d+)?$/u.test(host);
}

export function requestsOf(loads: readonly EnvironmentLoad[]): RehearsalReport["requests"] {
  return {
    sent: sum(loads.map(({ sent }) => sent)),
    failed: sum(loads.map(({ failed, misrouted }) => failed + misrouted)),
    byEnvironment: Object.fromEntries(
      loads.map(({ environment, sent, failed, misrouted }) => [environment, { sent, failed, misrouted }]),
    ),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
