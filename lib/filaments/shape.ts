import { z } from "zod";
import {
  cents,
  cursor,
  grams,
  id,
  instant,
  link,
  listOf,
  name,
  pageLimit,
  pageSchema,
  text,
  wholeGrams,
} from "../fields.ts";
import { COLOR_FAMILIES } from "./color.ts";

const colorHex = z
  .string()
  .regex(/^#[0-9a-f]{6}$/iu, "must be a colour such as #1a2b3c")
  .transform((hex) => hex.toLowerCase());

/** What a person says about a filament. */
export const filamentFields = z.object({
  brand: name(80),
  material: name(40),
  colorName: name(60),
  colorHex,
  lowStockGrams: wholeGrams,
  purchaseUrl: link,
  notes: text(4000),
});
export type FilamentFields = z.output<typeof filamentFields>;

/** What a person says about spools that are alike. */
export const spoolFields = z.object({
  netGrams: wholeGrams.min(1, "must be 1 g at least"),
  tareGrams: wholeGrams,
  costCents: cents,
  label: text(80),
});
export type SpoolFields = z.output<typeof spoolFields>;

export const newSpools = spoolFields.extend({
  count: z.int().min(1).max(50, "must be 50 at most at once"),
  /** What is on each, where they were begun already. */
  remainingGrams: grams.optional(),
});
export type NewSpools = z.output<typeof newSpools>;

export const newFilament = filamentFields.extend({ spools: newSpools.optional() });
export type NewFilament = z.output<typeof newFilament>;

/** What is needed to recognise a filament. */
export const filamentName = z.object({
  id,
  brand: z.string(),
  material: z.string(),
  colorName: z.string(),
  colorHex: z.string(),
});
export type FilamentName = z.output<typeof filamentName>;

/** A filament with what there is of it. */
const stockedFilament = filamentName.extend({
  colorFamily: z.string(),
  lowStockGrams: z.number(),
  purchaseUrl: z.string().nullable(),
  archivedAt: instant.nullable(),
  spools: z.number(),
  stockGrams: z.number(),
  /** What the spools held when they were new. */
  netGrams: z.number(),
  /** What the queue needs. */
  reservedGrams: z.number(),
  worthCents: z.number(),
});

export const filamentFilter = z.object({
  material: z.string().max(40).nullish(),
  colorFamily: z.enum(COLOR_FAMILIES).nullish(),
  /** Only what is below its threshold. */
  low: z.boolean().default(false),
  /** Those that were put away instead of the others. */
  archived: z.boolean().default(false),
  /** Words that all have to be in brand, material or colour. */
  query: z.string().max(200).default(""),
  cursor,
  limit: pageLimit,
});
export type FilamentFilter = z.output<typeof filamentFilter>;

export const filamentPage = pageSchema(stockedFilament);

/** A filament to choose for a job. */
export const filamentChoice = filamentName.extend({ stockGrams: z.number(), reservedGrams: z.number() });

const spool = z.object({
  id,
  label: z.string(),
  netGrams: z.number(),
  tareGrams: z.number(),
  remainingGrams: z.number(),
  costCents: z.number(),
  worthCents: z.number(),
  archivedAt: instant.nullable(),
  createdAt: instant,
});

export const consumptionBucket = z.object({
  /** The first day, YYYY-MM-DD, UTC; weeks begin on Mondays. */
  from: z.string(),
  printedGrams: z.number(),
  failedGrams: z.number(),
  costCents: z.number(),
});

export const filamentDetails = z.object({
  filament: stockedFilament.extend({ notes: z.string(), createdAt: instant }),
  /** In the order in which they are used up; those that were put away at the end. */
  spools: listOf(spool),
  /** Jobs that wait for it or are printed with it. */
  jobs: listOf(z.object({ id, title: z.string(), state: z.string(), neededGrams: z.number() })),
  /** What went week by week, oldest first. */
  weeks: listOf(consumptionBucket),
});
export type FilamentDetails = z.input<typeof filamentDetails>;

const useEntry = z.object({
  id,
  at: instant,
  reason: z.enum(["printed", "failed_print", "weighed"]),
  /** Taken off; negative where more was found than was known. */
  grams: z.number(),
  costCents: z.number(),
  spoolId: id,
  spoolLabel: z.string(),
  jobId: z.string().nullable(),
  jobTitle: z.string().nullable(),
});

export const usePage = pageSchema(useEntry);

export const consumptionInput = z.object({
  /** All filaments without one. */
  filamentId: id.nullish(),
  by: z.enum(["week", "month"]),
  /** How many weeks or months, this one included. */
  count: z.int().min(1).max(60).default(12),
});
export type ConsumptionInput = z.output<typeof consumptionInput>;
