/** A long test of the local cloud, whose choices all come from one seed. */
export interface Drill {
  /** One sentence: what must hold. */
  readonly about: string;
  readonly run: (options: DrillOptions) => Promise<DrillReport>;
}

export interface DrillOptions {
  readonly seed: number;
  /** Tells a person how far it is. */
  readonly log: (line: string) => void;
  /** Only parts whose names have this text are wanted. */
  readonly only: string;
  /** Does a part and keeps its result, unless the run that is resumed has done it. */
  readonly once: <T extends { readonly ok: boolean }>(part: string, work: () => Promise<T>) => Promise<T>;
}

export interface DrillReport {
  readonly ok: boolean;
  /** What was measured, and what failed, as JSON. */
  readonly result: unknown;
}

/** Loads a drill when it is asked for: some take seconds to import. */
export type DrillLoader = () => Promise<Drill>;
