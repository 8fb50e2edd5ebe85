import { askConsent } from "../adapters/consent.ts";
import { targetOf, withLease, type Context } from "../context.ts";
import { adopt as adoptServing, findAdoptable, type Adopted } from "../engine/adopt.ts";
import { DeliveryError } from "../errors.ts";
import { readLedger } from "../ledger-session.ts";

/** Records what already serves as proven, with a person's consent: from then on a rollback can return to it. */
export async function adopt(
  context: Context,
  name: string,
  { yes }: { readonly yes: boolean },
): Promise<Adopted> {
  const target = targetOf(context, name);
  const { current } = await readLedger(context.ledgers, name);
  const adoptable = await findAdoptable(context, target, current);
  const { version, releaseId, known } = adoptable;
  if (known) {
    const { id: versionId, etag } = version;
    return {
      environment: name,
      releaseId,
      versionId,
      etag,
      healthy: true,
      trouble: undefined,
      silent: false,
    };
  }
  const what = `${name} serves version ${version.id} (${version.message || "no message"}), which no delivery brought.`;
  const consent = yes || (await askConsent(`${what} Is it good, as far as you know?`, name));
  if (consent !== true) {
    throw new DeliveryError({
      code: "USAGE",
      message: `${what} It was not adopted: nobody said that it is good.`,
      hint: `At a terminal the command asks; elsewhere: npx delivery adopt ${name} --yes`,
    });
  }
  return withLease(context, name, (ledger) => adoptServing(context, target, { ledger, adoptable }));
}

export function presentAdopted({ environment, releaseId, versionId, trouble, silent }: Adopted): string {
  const health = silent ? "It has no health report" : `It doesn't answer healthy (${trouble})`;
  const verified =
    trouble === undefined ? "" : ` ${health}, so a rollback to it is verified by its deployment only.`;
  return `${environment}: ${releaseId} (version ${versionId.slice(0, 8)}) is what a rollback returns to.${verified}\n`;
}
