import { z } from "zod";
import { id, listOf } from "../fields.ts";
import { filamentName } from "../filaments/shape.ts";

export const searchInput = z.object({
  query: z.string().max(200, "must have at most 200 characters"),
  /** Of each kind. */
  limit: z.int().min(1).max(50).default(8),
});

export const findings = z.object({
  models: listOf(z.object({ id, name: z.string(), designer: z.string(), category: z.string() })),
  variants: listOf(z.object({ id, name: z.string(), modelId: id, modelName: z.string() })),
  filaments: listOf(filamentName),
});
export type Findings = z.input<typeof findings>;
