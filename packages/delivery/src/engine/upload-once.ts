import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";

/** wrangler gives up at the first fault of some of its calls. */
const UPLOADS = 2;

/** One upload that may have happened although nobody was told. */
export interface Upload {
  /** Of this upload alone, so that its version is known by it. */
  readonly message: string;
  readonly upload: () => Promise<{ readonly versionId: string }>;
}

/**
 * Uploads a version. When the reply was lost it may be there, and isn't uploaded again; where it isn't, and wrangler came
 * upon a fault, it is.
 */
export async function uploadOnce(
  { platform, reporter }: Context,
  { worker: { workerName } }: Target,
  { message, upload }: Upload,
): Promise<{ readonly versionId: string }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upload();
    } catch (error) {
      const versions = (await platform.deployments(workerName)) ? await platform.versions(workerName) : [];
      const found = versions.find((version) => version.message === message);
      if (found !== undefined) {
        reporter.say("        the upload's reply was lost, but the version is there");
        return { versionId: found.id };
      }
      if (attempt === UPLOADS || !(error instanceof DeliveryError) || !error.retryable) throw error;
      reporter.say(`        ${error.message}: uploading once more`);
    }
  }
}
