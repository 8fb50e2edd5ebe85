import { refusal, Refusal } from "../../http/refusal.ts";

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

/** wrangler: `handleMissingSecretsError` reads the names out of exactly these sentences. */
export function inheritImpossible(names: readonly string[]): Refusal {
  return new Refusal(
    400,
    names.map((name) => ({
      code: 10_057,
      message: `inherit binding '${name}' is invalid: no binding of that name exists in the version to inherit from`,
    })),
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

/** wrangler: `VERSION_SETTINGS_NOT_DEPLOYED_ERR_CODE`. */
export function latestSettingsNotDeployed(): Refusal {
  return refusal(
    400,
    10_214,
    "Settings edit failed. You attempted to modify settings, but the latest version of your Worker isn't currently deployed.",
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

/** @see https://developers.cloudflare.com/workers/observability/errors/#errors-on-worker-upload */
export function bindingUnnamed(type: string): Refusal {
  return refusal(400, 10_052, `A binding of type ${type} has no name.`);
}

/** @see https://developers.cloudflare.com/workers/observability/errors/#errors-on-worker-upload */
export function variableTooLarge(name: string, limit: string): Refusal {
  return refusal(400, 10_054, `The variable or secret ${name} is larger than ${limit}.`);
}

/** @see https://developers.cloudflare.com/workers/observability/errors/#errors-on-worker-upload */
export function tooManyVariables(count: number, limit: number): Refusal {
  return refusal(400, 10_055, `A Worker has at most ${limit} variables and secrets, not ${count}.`);
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

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `SecretNotFound`; people quote the sentence of wrangler's `secret delete` */
export function secretNotFound(name: string): Refusal {
  return refusal(404, 10_056, `Binding '${name}' not found`);
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

/** @see https://developers.cloudflare.com/workers/configuration/routing/workers-dev/#limitations for what a name may be, and https://developers.cloudflare.com/workers/observability/errors/#errors-on-worker-upload for the code */
export function workerNameInvalid(): Refusal {
  return refusal(
    400,
    10_016,
    "Invalid Worker name. A name has 1 to 63 lowercase letters, digits, dashes and underscores, and does not begin or end with a dash.",
  );
}

/** @see https://developers.cloudflare.com/workers/observability/errors/#script-size */
export function scriptTooLarge(limit: string): Refusal {
  return refusal(413, 10_027, `Your Worker exceeded the size limit of ${limit}.`);
}

/** The rule is documented, its code is unverified. @see https://developers.cloudflare.com/workers/versions-and-deployments/deployment-management/#limits */
export function versionBeyondHorizon(id: string, limit: number): Refusal {
  return invalidDeployment(
    `Version ${id} can't be deployed: a deployment names versions among the last ${limit} uploaded ones.`,
  );
}

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `DeploymentNotFound` */
export function deploymentNotFound(id: string): Refusal {
  return refusal(404, 10_336, `No deployment has the id ${id}.`);
}

/** The official SDK's docs: what serves can't be deleted; the code is unverified. */
export function deploymentIsActive(): Refusal {
  return invalidDeployment("The newest deployment serves the Worker's requests and can't be deleted.");
}

/** People quote it of wrangler's `delete`. @see https://github.com/cloudflare/workers-sdk/issues/3370, for the code */
export function workerConsumesQueue(): Refusal {
  return refusal(
    403,
    10_064,
    "Cannot delete this Worker as it is a consumer for a Queue. Remove it from the Queue's consumers first, then retry.",
  );
}

/** Unverified: no page, client or report names what Cloudflare answers. */
export function workerExists(name: string): Refusal {
  return refusal(409, 10_040, `A Worker with the name ${name} exists already.`);
}

/** @see https://github.com/alchemy-run/distilled/blob/main/packages/cloudflare/src/services/workers.ts: `SubdomainAlreadyExists` */
export function subdomainTaken(): Refusal {
  return refusal(409, 10_036, "The account has a workers.dev subdomain already.");
}
