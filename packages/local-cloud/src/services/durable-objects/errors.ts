import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://github.com/alchemy-run/distilled/pull/365: `DurableObjectClassNotFound` */
export function classNotConfigured(className: string): Refusal {
  return refusal(
    400,
    10_061,
    `Cannot create binding for class '${className}' because it is not currently configured to implement Durable Objects. Did you forget to apply a 'new_sqlite_classes' migration?`,
  );
}

/** People quote it of deploys that dropped a class. @see https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/ */
export function classNotExported(className: string): Refusal {
  return refusal(
    400,
    10_064,
    `New version of script does not export class '${className}' which is depended on by existing Durable Objects.`,
  );
}

/** People quote it of a class that a bundler hid: the sentence and the code are Cloudflare's. */
export function newClassNotExported(className: string): Refusal {
  return refusal(
    400,
    10_070,
    `Cannot apply new-class migration to class '${className}' that is not exported by script.`,
  );
}

/** People quote it of a configuration whose migrations were applied from the first again. */
export function classExists(className: string): Refusal {
  return refusal(
    400,
    10_074,
    `Cannot apply new-class migration to class '${className}' that is already depended on by existing Durable Objects`,
  );
}

/** People quote it of `delete`; that `rename` says the same of its own is unverified. */
export function classUnknown(className: string, migration: "delete" | "rename"): Refusal {
  return refusal(
    400,
    10_074,
    `Cannot apply ${migration}-class migration to class '${className}' which was not exported in the previous version of the script`,
  );
}

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/patches/workers/migrationTagMismatch.manual.json */
export function tagDiffers(current: string | undefined): Refusal {
  return refusal(400, 10_079, `Migration tag precondition failed; current tag is '${current ?? ""}'`);
}

/** @see https://developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments/#gradual-deployments-for-durable-objects */
export function migrationInVersion(): Refusal {
  return refusal(
    400,
    10_211,
    "Version upload failed. You attempted to upload a version of a Worker that includes a Durable Object migration, but migrations must be fully applied via a non-versioned deployment.",
  );
}
