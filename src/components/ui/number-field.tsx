import type { InputHTMLAttributes } from "react";
import { CONTROL, FieldFrame, type FieldTexts, useControlLinks } from "./field-frame.tsx";

interface NumberFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type">, FieldTexts {
  /** Stands behind the label: "g", "EUR". */
  readonly unit?: string;
}

/** A number, typed or stepped by the arrow keys; on a phone with its keypad. `step` tells how fine it may be, 1 by default. */
export function NumberField({ label, hint, error, unit, step = 1, ...input }: NumberFieldProps) {
  const links = useControlLinks({ label, hint, error });
  const text = unit === undefined ? label : `${label} (${unit})`;
  return (
    <FieldFrame id={links.id} label={text} hint={hint} error={error}>
      <input
        inputMode={Number.isInteger(Number(step)) ? "numeric" : "decimal"}
        {...input}
        {...links}
        type="number"
        step={step}
        className={`${CONTROL} tabular-nums`}
      />
    </FieldFrame>
  );
}
