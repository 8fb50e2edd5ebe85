import type { TextareaHTMLAttributes } from "react";
import { CONTROL, FieldFrame, type FieldTexts, useControlLinks } from "./field-frame.tsx";

type TextAreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & FieldTexts;

export function TextArea({ label, hint, error, rows = 3, ...area }: TextAreaProps) {
  const links = useControlLinks({ label, hint, error });
  return (
    <FieldFrame id={links.id} label={label} hint={hint} error={error}>
      <textarea {...area} {...links} rows={rows} className={`${CONTROL} py-2.5`} />
    </FieldFrame>
  );
}
