import { type InputHTMLAttributes, useId } from "react";

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  readonly label: string;
  readonly hint?: string;
}

export function Checkbox({ label, hint, ...input }: CheckboxProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div>
      <label className="flex min-h-11 cursor-pointer items-center gap-3">
        <input
          {...input}
          type="checkbox"
          aria-describedby={hintId}
          className="size-5 shrink-0 cursor-pointer accent-accent"
        />
        {label}
      </label>
      {hint === undefined ? null : (
        <p id={hintId} className="ml-8 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
