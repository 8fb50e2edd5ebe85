import { z } from "zod";
import { cursor, name, text } from "../fields.ts";
import { fileSchema } from "../files/view.ts";

/** An empty address is none. Only such as lead to a page: a link of any other scheme could run a script. */
const sourceUrl = text(500)
  .refine((url) => url === "" || isWebAddress(url), "must begin with http:// or https://")
  .nullish()
  .transform((url) => url || null);

export const modelInputSchema = z.object({
  name: name(120),
  designer: text(120).default(""),
  category: text(60).default(""),
  sourceUrl,
  notes: text(5000).default(""),
});

export const variantInputSchema = z.object({
  name: name(120),
  notes: text(5000).default(""),
});

export const modelFilterSchema = z.object({
  /** Words that name, designer and category together hold. */
  query: z.string().max(200).default(""),
  category: text(60).optional(),
  archived: z.boolean().default(false),
  cursor,
  limit: z.int().min(1).max(100).default(24),
});

const pictureSchema = z.object({ url: z.string(), alt: z.string() });

const modelSummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  designer: z.string(),
  category: z.string(),
  archived: z.boolean(),
  variants: z.int(),
  /** The first picture, or what a slicer put into the newest version. */
  picture: pictureSchema.nullable(),
  updatedAt: z.iso.datetime(),
});

export const modelPageSchema = z.object({
  items: z.array(modelSummarySchema),
  nextCursor: z.string().nullable(),
});

const revisionSchema = z.object({
  id: z.uuid(),
  number: z.int(),
  notes: z.string(),
  createdAt: z.iso.datetime(),
  file: fileSchema,
});

const variantSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  notes: z.string(),
  createdAt: z.iso.datetime(),
  /** The newest first. */
  revisions: z.array(revisionSchema),
});

export const modelSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  designer: z.string(),
  category: z.string(),
  sourceUrl: z.string().nullable(),
  notes: z.string(),
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  pictures: z.array(pictureSchema.extend({ id: z.uuid(), file: fileSchema })),
  variants: z.array(variantSchema),
});

export type ModelInput = Readonly<z.output<typeof modelInputSchema>>;
export type VariantInput = Readonly<z.output<typeof variantInputSchema>>;
export type ModelFilter = Readonly<z.output<typeof modelFilterSchema>>;
export type ModelPage = Readonly<z.output<typeof modelPageSchema>>;
export type ModelView = Readonly<z.output<typeof modelSchema>>;

function isWebAddress(address: string): boolean {
  return /^https?:\/\//u.test(address) && URL.canParse(address);
}
