import { type InputHTMLAttributes, useId } from "react";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string;
}

const LOOK = "min-h-11 w-full rounded-lg border border-edge bg-paper text-base";
const FILE_LOOK =
  "cursor-pointer p-1.5 file:mr-3 file:min-h-8 file:cursor-pointer file:rounded-md file:bg-sunken file:px-3 file:font-medium";

/** An input with its label and, below it, what is expected. */
export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className={`${LOOK} ${input.type === "file" ? FILE_LOOK : "px-3"}`}
      />
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
