import { z } from "zod";
import { cursor, grams, id, instant, listOf, name, pageLimit, pageSchema, text } from "../fields.ts";
import { filamentName } from "../filaments/shape.ts";

const MOST_FILAMENTS = 64;
const seconds = z.int().min(0, "must not be negative").max(10_000_000, "is longer than anything prints");

/** What a person says about a job. */
export const jobFields = z.object({
  title: name(200),
  copies: z.int().min(1, "must be 1 at least").max(1000, "must be 1000 at most"),
  /** Of one copy. */
  printSeconds: seconds.nullable(),
  notes: text(4000),
  /** For one copy. A filament that comes more than once counts as their sum. */
  filaments: z
    .array(z.object({ filamentId: id, grams }))
    .min(1, "must name a filament")
    .max(MOST_FILAMENTS, `must be ${MOST_FILAMENTS} at most`),
});
export type JobFields = z.output<typeof jobFields>;

export const newJob = jobFields.extend({ revisionId: id.nullish() });
export type NewJob = z.output<typeof newJob>;

export const jobMove = z.union([
  z.object({ to: z.enum(["up", "down", "top", "bottom"]) }),
  z.object({ before: id }),
]);

const need = z.object({
  filament: filamentName,
  neededGrams: z.number(),
  /** What jobs before it leave. */
  availableGrams: z.number(),
  missingGrams: z.number(),
});

export const queuedJob = z.object({
  id,
  title: z.string(),
  copies: z.number(),
  state: z.enum(["queued", "printing"]),
  printSeconds: z.number().nullable(),
  notes: z.string(),
  revisionId: z.string().nullable(),
  startedAt: instant.nullable(),
  createdAt: instant,
  /** Whether there is enough of everything, once the jobs before it are printed. */
  feasible: z.boolean(),
  needs: listOf(need),
  /** What it will cost, as far as is known; 0 where nothing is. */
  costCents: z.number(),
});
export type QueuedJob = z.input<typeof queuedJob>;

export const jobQueue = z.object({
  /** Running prints first, then in the order of the queue. */
  jobs: listOf(queuedJob),
  /** Of all copies of all jobs for which it is known. */
  printSeconds: z.number(),
  costCents: z.number(),
});
export type JobQueue = z.input<typeof jobQueue>;

const endedJob = z.object({
  id,
  title: z.string(),
  copies: z.number(),
  state: z.enum(["completed", "failed", "cancelled"]),
  failure: z.string().nullable(),
  notes: z.string(),
  revisionId: z.string().nullable(),
  startedAt: instant.nullable(),
  endedAt: instant,
  needs: listOf(
    z.object({ filament: filamentName, neededGrams: z.number(), usedGrams: z.number().nullable() }),
  ),
  costCents: z.number(),
});

export const jobHistoryInput = z.object({ cursor, limit: pageLimit });
export const endedJobPage = pageSchema(endedJob);

export const suggestedJob = z.object({
  revisionId: id,
  title: z.string(),
  printSeconds: z.number().nullable(),
  /** What the print file asks for, slot by slot. */
  slots: listOf(
    z.object({
      slot: z.number(),
      material: z.string().nullable(),
      colorHex: z.string().nullable(),
      grams: z.number().nullable(),
      /** The shop's nearest filament; null where it has none of that material. */
      filamentId: z.string().nullable(),
    }),
  ),
  /** What a person should know before relying on it. */
  remarks: listOf(z.string()),
});
export type SuggestedJob = z.input<typeof suggestedJob>;

const percentage = z.number().min(0, "must be 0 at least").max(100, "must be 100 at most");

export const finishPlanInput = z.object({ id, percentage });

/** What a job would take off which spool, if it ended now. */
export const finishPlan = z.object({
  needs: listOf(
    z.object({
      filament: filamentName,
      /** What that share of the job needs. */
      grams: z.number(),
      /** What its spools lack. */
      missingGrams: z.number(),
      /** In the order in which they are used up. */
      spools: listOf(
        z.object({ id, label: z.string(), remainingGrams: z.number(), suggestedGrams: z.number() }),
      ),
    }),
  ),
});
export type FinishPlan = z.input<typeof finishPlan>;

const spoolUse = {
  /** What was taken off which spool; suggested spools are used without it. */
  takes: z
    .array(z.object({ spoolId: id, grams }))
    .max(1000)
    .optional(),
  /** Whether to record what was there, if the suggested spools hold less than was needed. */
  short: z.enum(["refuse", "use_what_is_there"]).default("refuse"),
};

export const completeInput = z.object({ id, ...spoolUse });
export const failInput = z.object({ id, percentage, failure: text(500), ...spoolUse });

export const finishedJob = z.object({
  state: z.enum(["completed", "failed"]),
  /** It was over already, and nothing was taken now. */
  already: z.boolean(),
  takes: listOf(z.object({ spoolId: id, grams: z.number(), costCents: z.number() })),
});
export type FinishedJob = z.input<typeof finishedJob>;
