import { refusal, type Refusal } from "../../http/refusal.ts";

/** @see https://developers.cloudflare.com/workers/observability/errors/ and the codes that wrangler's source names. */
export function workerNotFound(name: string): Refusal {
  return refusal(404, 10_007, `This Worker does not exist on your account: ${name}`);
}

/** wrangler: `isWorkerNotFoundError` takes 10007 and 10090. */
export function serviceNotFound(): Refusal {
  return refusal(404, 10_090, "This Worker does not exist on your account.");
}

/** wrangler: `versions view` and the read-after-write race, workers-sdk#14410. */
export function versionNotFound(id: string): Refusal {
  return refusal(404, 100_146, `The requested Worker version could not be found: ${id}`);
}

/** wrangler: `handleMissingSecretsError` reads the name out of exactly this sentence. */
export function inheritImpossible(name: string): Refusal {
  return refusal(
    400,
    10_057,
    `inherit binding '${name}' is invalid: no binding of that name exists in the version to inherit from`,
  );
}

/** wrangler: `throwIfLatestVersionNotDeployed`. */
export function latestVersionNotDeployed(): Refusal {
  return refusal(
    400,
    10_215,
    "Secret edit failed. You attempted to modify a secret, but the latest version of your Worker isn't currently deployed.",
  );
}

/** wrangler: `CANNOT_ROLLBACK_WITH_MODIFIED_SECERT_CODE`; it cuts the names out of the end of the sentence. */
export function secretsHaveChanged(names: readonly string[]): Refusal {
  return refusal(
    400,
    10_220,
    `You are attempting to deploy an older version whose secrets differ. The following secrets have changed: ${names.join(", ")}`,
  );
}

/** wrangler: `NO_VERSIONS_ERR_CODE`. */
export function noVersions(): Refusal {
  return refusal(404, 10_222, "This Worker has no versions.");
}

/** A script that does not pass validation; the message is the runtime's own. */
export function scriptInvalid(message: string): Refusal {
  return refusal(400, 10_021, message);
}

/** @see https://developers.cloudflare.com/workers/platform/known-issues/ for 10068. */
export function noHandlers(): Refusal {
  return refusal(400, 10_068, "The uploaded script has no registered event handlers.");
}

export function invalidUpload(message: string): Refusal {
  return refusal(400, 10_021, message);
}

/** Not one of Cloudflare's codes: the local cloud says by name what it does not do. */
export function unsupported(what: string): Refusal {
  return refusal(501, 10_501, `The local cloud does not support ${what}.`);
}

export function invalidDeployment(message: string): Refusal {
  return refusal(400, 10_023, message);
}

export function secretNotFound(name: string): Refusal {
  return refusal(404, 10_056, `Secret "${name}" not found.`);
}

/** What a binding stands for isn't there. @see https://github.com/alchemy-run/distilled/pull/365, codes as captured from the API */
export function bucketMissing(name: string): Refusal {
  return refusal(400, 10_085, `R2 bucket '${name}' not found. Please use a different name and try again.`);
}

export function namespaceMissing(id: string): Refusal {
  return refusal(400, 10_041, `KV namespace '${id}' not found.`);
}

export function databaseMissing(binding: string): Refusal {
  return refusal(400, 10_181, `D1 binding '${binding}' references database that was not found.`);
}
