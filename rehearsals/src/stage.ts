import type { Narrator } from "./narrator.ts";
import type { Source } from "./source.ts";
import type { EnvironmentName, World } from "./world.ts";

export interface RehearsalOptions {
  readonly project: string;
  /** Where the local cloud keeps its state; emptied first. */
  readonly dataDir: string;
  readonly ports: readonly [number, number, number];
  readonly narrator: Narrator;
  /** Aborted when the rehearsal is to stop. */
  readonly signal: AbortSignal;
}

export const HOSTS: Readonly<Record<EnvironmentName, string>> = {
  staging: "staging.fm5.example.com",
  production: "fm5.example.com",
};

/** What the parts of a rehearsal share. */
export interface Stage {
  readonly options: RehearsalOptions;
  readonly world: World;
  readonly source: Source;
  readonly narrator: Narrator;
  /** Puts an environment under load from now to the end. */
  startLoad(environment: EnvironmentName): void;
  /** Runs a part, tells how long it took, and keeps it for the report. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}
