import type { DeliveryError } from "../errors.ts";

/** An end other than done: its code is an error's, or the signal's name. */
export type Failure = Pick<DeliveryError, "message" | "hint" | "retryable" | "exitCode"> & {
  readonly code: string;
};

/** What `--json` prints of it. */
export function presentFailure({ code, message, hint, retryable, exitCode }: Failure): unknown {
  return { error: { code, message, hint, retryable }, exitCode };
}

/** Something that delivery didn't foresee. */
export function defect(error: unknown): Failure {
  return {
    code: "DEFECT",
    message: error instanceof Error ? error.message : String(error),
    hint: "This is a defect of delivery's; standard error has where.",
    retryable: false,
    exitCode: 1,
  };
}
