import type { Route } from "../../http/routes.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { WorkersBackend } from "./backend.ts";
import { scriptRoutes } from "./script-routes.ts";
import { secretRoutes } from "./secret-routes.ts";
import { settingsRoutes } from "./settings-routes.ts";
import type { WorkersStore } from "./store.ts";
import { deploymentRoutes, versionRoutes } from "./version-routes.ts";
import { betaWorkerRoutes } from "./worker-routes.ts";

/** @see https://developers.cloudflare.com/api/resources/workers/ */
export function workerRoutes(parts: {
  readonly workers: WorkersBackend;
  readonly store: WorkersStore;
  readonly blobs: Blobs;
  /** Host and port at which the edge has names below it, such as `localhost:8701`. */
  readonly edgeHost: () => string;
  /** Deletes a Worker with its triggers. */
  readonly remove: (worker: string, options: { readonly force: boolean }) => void;
}): readonly Route[] {
  const { workers, store } = parts;
  return [
    ...scriptRoutes(parts),
    ...versionRoutes(workers),
    ...deploymentRoutes(workers),
    ...settingsRoutes(workers, store),
    ...secretRoutes(workers, store),
    ...betaWorkerRoutes(parts),
  ];
}
