import type { EnvironmentName } from "./world.ts";

export interface StepReport {
  readonly name: string;
  readonly ok: boolean;
  readonly durationMs: number;
}

export interface ScenarioReport {
  readonly name: string;
  /** What has to serve at the end of the scenario. */
  readonly expected: string;
  readonly served: string;
  /** Of the command that the scenario is about. */
  readonly exitCode: number;
  readonly ok: boolean;
}

export interface EnvironmentReport {
  readonly url: string;
  readonly release: string;
  readonly digest: string;
  readonly version: string;
}

/** The result of a rehearsal, as `npm run rehearse -- --json` prints it. */
export interface RehearsalReport {
  readonly schema: 1;
  readonly ok: boolean;
  readonly commit: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly steps: readonly StepReport[];
  readonly environments: Readonly<Partial<Record<EnvironmentName, EnvironmentReport>>>;
  readonly scenarios: readonly ScenarioReport[];
  readonly requests: {
    readonly sent: number;
    readonly failed: number;
    readonly byEnvironment: Readonly<
      Record<string, { readonly sent: number; readonly failed: number; readonly misrouted: number }>
    >;
  };
  readonly leaks: {
    /** Command lines of processes that outlived the rehearsal. */
    readonly processes: readonly string[];
    /** Refs of the clone that changed. */
    readonly refs: readonly string[];
    /** Hosts beyond this machine that something tried to reach. */
    readonly outbound: readonly string[];
  };
  readonly versions: {
    readonly wrangler: string;
    readonly workerd: string;
    readonly node: string;
    readonly postgres: string;
  };
  /** What was wrong, in words; empty when `ok`. */
  readonly failures: readonly string[];
}
