import type { Coverage } from "../../http/routes.ts";
import { BINDING_KINDS } from "./bindings.ts";

/** The parts of an upload, as docs/coverage.md lists them. @see https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ */
export const UPLOAD_FIELDS: Readonly<Record<string, Coverage>> = {
  "?bindings_inherit": "supported",
  "?excludeScript": "approximated: the answer never holds the script",
  "metadata.main_module": "supported",
  "metadata.body_part": "refused: scripts in service-worker format (10021)",
  ...Object.fromEntries(
    BINDING_KINDS.map((kind) => [`metadata.bindings[type=${kind}]`, "supported"] as const),
  ),
  "metadata.bindings[any other type]": "refused: by name (10501)",
  "metadata.bindings[type=inherit]": "supported",
  "metadata.keep_bindings": "supported",
  "metadata.compatibility_date": "supported",
  "metadata.compatibility_flags": "supported",
  "metadata.annotations": "supported",
  "metadata.assets": "supported",
  "metadata.keep_assets": "supported",
  "metadata.limits": "approximated: kept and shown; enforced as the edge's section says",
  "metadata.placement": "approximated: kept and shown; there is one place",
  "metadata.logpush": "approximated: kept and shown; nothing is pushed",
  "metadata.observability": "approximated: kept and shown",
  "metadata.tail_consumers": "approximated: kept and shown; Workers as tail consumers aren't called",
  "metadata.tags": "supported",
  "metadata.exports": "refused: declared exports (10501)",
  "metadata.containers": "refused: containers (10501)",
  "→ startup_time_ms": "approximated: of this machine, less what a process costs",
};
