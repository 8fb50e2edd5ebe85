import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";

const progressSchema = z.object({
  commit: z.string(),
  seed: z.number(),
  /** How long the runs before took. */
  spentMs: z.number(),
  /** Results of the parts that hold, by name. */
  done: z.record(z.string(), z.unknown()),
  /** Results of parts that did not hold when they were tried. */
  failed: z.array(z.object({ part: z.string(), result: z.unknown() })),
});
type Saved = z.infer<typeof progressSchema>;

/** A part of a drill: whether it holds, and what was measured. */
export interface Part {
  readonly ok: boolean;
}

/** What a drill has done so far, kept in a file so that an interrupted one can go on. */
export interface Progress {
  readonly seed: number;
  /** Does a part, unless it was done by the run that is resumed. What did not hold is done again. */
  once<T extends Part>(part: string, work: () => Promise<T>): Promise<T>;
  /** Parts that did not hold when they were tried first, whatever came of them later. */
  readonly failed: Saved["failed"];
  /** How long it took until now, all runs together. */
  durationMs(): number;
  /** The drill has come to its end: there is nothing to go on with. */
  forget(): void;
}

/** Undefined where nothing is kept of an interrupted run of this commit. */
export function resumeProgress(file: string, commit: string): Progress | undefined {
  const saved = readProgress(file);
  return saved?.commit === commit ? createProgress(file, saved) : undefined;
}

export function beginProgress(
  file: string,
  run: { readonly commit: string; readonly seed: number },
): Progress {
  return createProgress(file, { ...run, spentMs: 0, done: {}, failed: [] });
}

function createProgress(file: string, saved: Saved): Progress {
  const startedAt = performance.now();
  const durationMs = () => Math.round(saved.spentMs + performance.now() - startedAt);
  const save = () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...saved, spentMs: durationMs() }));
  };
  return {
    seed: saved.seed,
    failed: saved.failed,
    durationMs,
    once: async <T extends Part>(part: string, work: () => Promise<T>) => {
      if (part in saved.done) return saved.done[part] as T;
      const result = await work();
      if (result.ok) saved.done[part] = result;
      else saved.failed.push({ part, result });
      save();
      return result;
    },
    forget: () => rmSync(file, { force: true }),
  };
}

function readProgress(file: string): Saved | undefined {
  try {
    return progressSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
