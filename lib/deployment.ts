import { NO_RELEASE, VERSION_METADATA_BINDING } from "health-contract";
import type { UsableEnv } from "./env.ts";

/** Which code answers, and where. */
export interface Deployment {
  /** The release's id, or `unreleased`. A label that the upload gave, not a proof. */
  readonly release: string;
  /** Cloudflare's id of the Worker version. */
  readonly version: string;
  readonly environment: string;
}

/** @see https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/ */
export function deploymentOf(env: UsableEnv): Deployment {
  const metadata = env[VERSION_METADATA_BINDING];
  return {
    release: metadata?.tag || NO_RELEASE,
    version: metadata?.id ?? "unknown",
    environment: env.APP_ENV ?? "unknown",
  };
}
