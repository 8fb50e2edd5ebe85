import { type ReactNode, useId } from "react";

/** What every kind of field takes besides its own. */
export interface FieldTexts {
  readonly label: string;
  /** What is expected. */
  readonly hint?: string | undefined;
  /** What is wrong with what was entered. */
  readonly error?: string | undefined;
}

/** What a control needs to be tied to its label, hint and error. */
interface ControlLinks {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

/** The look of a control that text is entered into. */
export const CONTROL =
  "min-h-11 w-full rounded-lg border border-edge bg-paper px-3 text-base placeholder:text-soft disabled:opacity-70 aria-invalid:border-bad";

/** Ties a control to its texts: `links` go to the control, which stands in the `FieldFrame` that gets the same `id`. */
export function useControlLinks({ hint, error }: FieldTexts): ControlLinks {
  const id = useId();
  const describedBy = [error === undefined ? "" : `${id}-error`, hint === undefined ? "" : `${id}-hint`];
  return {
    id,
    "aria-describedby": describedBy.filter(Boolean).join(" ") || undefined,
    "aria-invalid": error === undefined ? undefined : true,
  };
}

interface FieldFrameProps extends FieldTexts {
  readonly id: string;
  readonly children: ReactNode;
}

/** A control with its label above, and below it what is expected or wrong. */
export function FieldFrame({ id, label, hint, error, children }: FieldFrameProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="mt-1.5 text-sm font-medium text-bad">
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
