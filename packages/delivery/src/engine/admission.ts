import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { admit, type Applicant } from "../rollout/admission.ts";

/** @throws {DeliveryError} LEASE_HELD while a person or a freeze holds the environment, PAUSED while a rollout waits for a person */
export function refuseHeld(
  { clock }: Context,
  { name, configuration }: Target,
  { state, exceptions }: Pick<Applicant, "state" | "exceptions">,
): void {
  const { freezes } = configuration;
  const admission = admit({ environment: name, state, freezes, at: clock.now(), exceptions });
  if (admission.kind === "admitted") return;
  const { code, message, hint } = admission;
  throw new DeliveryError({ code, message, hint });
}
