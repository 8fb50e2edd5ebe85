import * as z from "zod";
import { isReleaseId, type ReleaseId } from "../ids.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const file = z.object({ path: z.string(), sha256, sizeBytes: z.number().int().nonnegative() });

export const manifestSchema = z.object({
  schema: z.literal(1),
  releaseId: z.string().refine(isReleaseId, "must be a release id") as unknown as z.ZodType<ReleaseId>,
  commit: z.string().regex(/^[0-9a-f]{40}$/u),
  dirty: z.boolean(),
  /** Digest of the archive, the file itself: what makes two releases the same. */
  archive: z.object({ sha256, sizeBytes: z.number().int().positive() }),
  /** The bill of materials beside it; releases of an earlier delivery have none. */
  sbom: z.object({ sha256, sizeBytes: z.number().int().positive() }).optional(),
  /** Files of the Worker, by path in the archive. */
  modules: z.array(z.object({ path: z.string(), sha256 })),
  assets: z.array(file),
  compatibilityDate: z.string(),
  /** In the order in which they are applied. `contract` takes something away that an older release may use. */
  migrations: z.array(z.object({ name: z.string(), sha256, phase: z.enum(["expand", "contract"]) })),
  requiredSecrets: z.array(z.string()),
  health: z.object({ path: z.string() }),
  builtBy: z.object({ node: z.string(), wrangler: z.string() }),
});

/** What a release is made of. It lies beside the archive; other fields are ignored. */
export type ReleaseManifest = z.infer<typeof manifestSchema>;
