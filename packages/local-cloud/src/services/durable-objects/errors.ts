import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/alchemy-run/distilled/pull/365: `DurableObjectClassNotFound` */
export function classNotConfigured(className: string): Refusal {
  return refusal(
    400,
    10_061,
    `Cannot create binding for class '${className}' because it is not currently configured to implement Durable Objects. Did you forget to apply a 'new_sqlite_classes' migration?`,
  );
}

/** @see https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ */
export function classNotExported(className: string): Refusal {
  return refusal(
    400,
    10_064,
    `New version of script does not export class '${className}' which is depended on by existing Durable Objects.`,
  );
}

export function classExists(className: string): Refusal {
  return refusal(
    400,
    10_074,
    `Cannot apply new-class migration to class '${className}' that is already depended on by existing Durable Objects.`,
  );
}

export function classUnknown(className: string): Refusal {
  return refusal(
    400,
    10_070,
    `Cannot apply a migration to class '${className}' that no existing Durable Objects depend on.`,
  );
}

/** wrangler's `getMigrationsToUpload` sends the tag that it saw. */
export function tagDiffers(current: string | undefined): Refusal {
  const found = current === undefined ? "there is none" : `it is '${current}'`;
  return refusal(400, 10_079, `Migration tag precondition failed: old_tag isn't the current tag, ${found}.`);
}

/** @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#limits */
export function migrationInVersion(): Refusal {
  return refusal(
    400,
    10_211,
    "Version upload failed. Durable Object migrations must be fully applied by running 'wrangler deploy'.",
  );
}
