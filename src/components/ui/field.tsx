import type { InputHTMLAttributes } from "react";
import { CONTROL, FieldFrame, type FieldTexts, useControlLinks } from "./field-frame.tsx";

type FieldProps = InputHTMLAttributes<HTMLInputElement> & FieldTexts;

const FILE =
  "cursor-pointer p-1.5 file:mr-3 file:min-h-8 file:cursor-pointer file:rounded-md file:bg-sunken file:px-3 file:font-medium";
const COLOR = "h-11 cursor-pointer p-1";

/** An input of one line. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const links = useControlLinks({ label, hint, error });
  return (
    <FieldFrame id={links.id} label={label} hint={hint} error={error}>
      <input {...input} {...links} className={`${CONTROL} ${lookOf(input.type)}`} />
    </FieldFrame>
  );
}

function lookOf(type: string | undefined): string {
  if (type === "file") return FILE;
  return type === "color" ? COLOR : "";
}
