import type { Exceptions } from "../ledger/entry.ts";
import type { EnvironmentState } from "../ledger/fold.ts";
import { formatFreeze, freezeAt, type FreezeWindow } from "./freeze.ts";

export type Admission =
  | { readonly kind: "admitted" }
  | {
      readonly kind: "refused";
      readonly code: "LEASE_HELD" | "PAUSED";
      readonly message: string;
      readonly hint: string;
    };

export interface Applicant {
  readonly environment: string;
  readonly state: Pick<EnvironmentState, "lock" | "open">;
  readonly freezes: readonly FreezeWindow[];
  readonly at: Date;
  readonly exceptions: Exceptions;
}

/** Whether an environment takes a delivery now: nobody holds it, no freeze does, and no rollout waits for a person. */
export function admit({ environment, state, freezes, at, exceptions }: Applicant): Admission {
  const { lock } = state;
  if (lock !== undefined) {
    return {
      kind: "refused",
      code: "LEASE_HELD",
      message: `${environment} is held by ${lock.by} since ${lock.at}: ${lock.reason}.`,
      hint: `Nothing was changed. When it may go on: npx delivery unlock ${environment}. A rollback works all the same.`,
    };
  }
  const freeze = freezeAt(freezes, at);
  if (freeze !== undefined && exceptions.duringFreeze === undefined) {
    return {
      kind: "refused",
      code: "LEASE_HELD",
      message: `${environment} takes no delivery now: it is frozen from ${formatFreeze(freeze)}.`,
      hint: "Nothing was changed. If it can't wait: --during-freeze REASON, which is recorded. A rollback works all the same.",
    };
  }
  const last = state.open?.entries.findLast(({ type }) => type !== "requested");
  if (last?.type === "paused" && exceptions.rollForward === undefined) {
    return {
      kind: "refused",
      code: "PAUSED",
      message: `${environment} has a paused rollout of ${last.releaseId ?? "another release"}: ${last.reason ?? "a person asked for it"}.`,
      hint: `Decide about it first: npx delivery resume ${environment}, or npx delivery abort ${environment} REASON. Or replace it by this one: --roll-forward REASON`,
    };
  }
  return { kind: "admitted" };
}
