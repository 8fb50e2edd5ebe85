import ChevronDown from "lucide-react/icons/chevron-down";
import type { SelectHTMLAttributes } from "react";
import { CONTROL, FieldFrame, type FieldTexts, useControlLinks } from "./field-frame.tsx";

interface SelectOption {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
}

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement>, FieldTexts {
  readonly options: readonly SelectOption[];
}

/** One of a list: the browser's own control, which a phone shows in its own way. */
export function Select({ label, hint, error, options, ...select }: SelectProps) {
  const links = useControlLinks({ label, hint, error });
  return (
    <FieldFrame id={links.id} label={label} hint={hint} error={error}>
      <div className="relative">
        <select {...select} {...links} className={`${CONTROL} cursor-pointer appearance-none pr-10`}>
          {options.map(({ value, text, disabled }) => (
            <option key={value} value={value} disabled={disabled}>
              {text}
            </option>
          ))}
        </select>
        <ChevronDown className="pointer-events-none absolute top-1/2 right-3 size-5 -translate-y-1/2 text-soft" />
      </div>
    </FieldFrame>
  );
}
