import { z } from "zod";

/** Control characters, but for the ends of lines and tabs: nobody types them, and PostgreSQL refuses one. */
const UNTYPABLE = /(?![\n\r\t])\p{Cc}/u;
const MOST_GRAMS = 100_000;
const MOST_CENTS = 10_000_000;

export const id = z.uuid("is no id");

/** Text as people type it, without space around it. May be empty. */
export function text(longest: number): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .max(longest, `must have at most ${longest} characters`)
    .refine(
      (value) => !UNTYPABLE.test(value) && value.isWellFormed(),
      "holds characters that can’t be shown",
    );
}

/** As `text`, but not empty. */
export function name(longest: number): z.ZodType<string, string> {
  return text(longest).refine((value) => value !== "", "is missing");
}

/** Grams with two decimals at most. */
export const grams = z
  .number()
  .min(0, "must not be negative")
  .max(MOST_GRAMS, `must be ${MOST_GRAMS} g at most`)
  .refine(
    (value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6,
    "must have at most two decimals",
  );

export const wholeGrams = z
  .int()
  .min(0, "must not be negative")
  .max(MOST_GRAMS, `must be ${MOST_GRAMS} g at most`);

/** Money in the smallest unit of the shop's currency. */
export const cents = z.int().min(0, "must not be negative").max(MOST_CENTS, "is more than FM5 can count");

/** An address that a browser may be sent to; null and nothing are none. */
export const link = z
  .string()
  .trim()
  .max(2000, "must have at most 2000 characters")
  .refine((value) => value === "" || isWebAddress(value), "must begin with https:// or http://")
  .transform((value) => (value === "" ? null : value))
  .nullable();

/** A list in an answer. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

/** A part of a list, and where the next one begins (lib/keyset.ts). */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: listOf(item), nextCursor: z.string().nullable() });
}

export const cursor = z.string().max(2000).nullish();

/** How many items of a list at once. */
export const pageLimit = z.int().min(1).max(200).default(50);

/** An instant as ISO 8601, in UTC. */
export const instant = z.union([z.date(), z.string()]).transform((value) => new Date(value).toISOString());

function isWebAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:");
}
