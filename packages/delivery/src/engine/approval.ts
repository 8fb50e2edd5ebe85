import { isLocalCloud } from "../config/local-cloud.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Exceptions } from "../ledger/entry.ts";

/**
 * In CI GitHub has let the job's environment be approved before the job began; on a laptop nobody has approved anything.
 * A local cloud serves nobody.
 * @throws {DeliveryError} NOT_APPROVED
 */
export function refuseUnapproved(
  { settings }: Context,
  { name, configuration }: Target,
  { breakGlass }: Exceptions,
): void {
  const { approval, workflow } = configuration;
  if (
    approval === "none" ||
    settings.actor.kind === "ci" ||
    breakGlass !== undefined ||
    isLocalCloud(settings)
  )
    return;
  throw new DeliveryError({
    code: "NOT_APPROVED",
    message: `${name} takes deliveries that GitHub's environment ${name} has approved, and this one comes from a laptop.`,
    hint: `Start it there: gh workflow run ${workflow}, whose inputs take the reasons of exceptions, such as -f older="REASON". A hotfix that can't wait: --break-glass REASON, which is recorded and shown`,
  });
}
