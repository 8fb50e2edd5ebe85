import * as z from "zod";

/** @see https://developers.cloudflare.com/workers/static-assets/direct-upload/ */
export const assetConfigSchema = z.looseObject({
  html_handling: z
    .enum(["auto-trailing-slash", "force-trailing-slash", "drop-trailing-slash", "none"])
    .optional(),
  not_found_handling: z.enum(["none", "404-page", "single-page-application"]).optional(),
  run_worker_first: z.union([z.boolean(), z.array(z.string())]).optional(),
  base_path: z.string().optional(),
  _headers: z.string().optional(),
  _redirects: z.string().optional(),
});
export type AssetConfig = z.infer<typeof assetConfigSchema>;

/** Path of the asset (`/index.html`) → its hash (32 hex digits, as the client computed it) and size. */
export const assetManifestSchema = z.record(
  z.string().startsWith("/"),
  z.object({ hash: z.string().regex(/^[0-9a-f]{32}$/u), size: z.number().int().nonnegative() }),
);
export type AssetManifest = z.infer<typeof assetManifestSchema>;
