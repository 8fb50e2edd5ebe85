/** A long test of delivery, whose choices all come from one seed. */
export interface Drill {
  /** One sentence: what must hold. */
  readonly about: string;
  readonly run: (options: DrillOptions) => Promise<DrillReport>;
}

interface DrillOptions {
  readonly seed: number;
  /** Tells a person how far it is. */
  readonly log: (line: string) => void;
}

export interface DrillReport {
  readonly ok: boolean;
  /** What was measured, and what failed, as JSON. */
  readonly result: unknown;
  /** Parts of documents that the result is written into, by file and marker. */
  readonly documents?: readonly DocumentPart[];
}

interface DocumentPart {
  readonly file: string;
  /** Name of the comments that the text stands between. */
  readonly marker: string;
  readonly text: string;
}

/** Loads a drill when it is asked for. */
export type DrillLoader = () => Promise<Drill>;
