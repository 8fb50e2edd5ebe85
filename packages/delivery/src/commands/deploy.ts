import { targetOf, withLease, type Context } from "../context.ts";
import { refuseUnapproved } from "../engine/approval.ts";
import { rollOut, type Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import type { Exceptions } from "../ledger/entry.ts";
import { buildRelease } from "./release-build.ts";

export interface DeployOptions {
  /** Id of a release; the checked-out commit's otherwise, which is built if it wasn't yet. */
  readonly release: string | undefined;
  /** Rules that the delivery overrides, and why. */
  readonly exceptions: Exceptions;
}

/** Delivers a release to an environment that needs no proof from another one. */
export async function deploy(
  context: Context,
  name: string,
  { release: id, exceptions }: DeployOptions,
): Promise<Delivered> {
  const target = targetOf(context, name);
  const { provenBy } = target.configuration;
  if (provenBy !== undefined) {
    throw new DeliveryError({
      code: "NOT_PROVEN",
      message: `${name} takes only what ${provenBy} has proven.`,
      hint: `Deliver to ${provenBy} first, then: npx delivery promote ${name}`,
    });
  }
  refuseUnapproved(context, target, exceptions);
  const release =
    id === undefined ? await buildRelease(context, { force: false }) : await context.releases.fetch(id);
  return withLease(context, name, (ledger) => rollOut(context, target, { release, ledger, exceptions }));
}
