import type { ButtonHTMLAttributes } from "react";

/** The look of a main action, for links too. */
export const PRIMARY =
  "inline-flex min-h-11 items-center justify-center rounded-lg bg-accent px-5 font-semibold text-on-accent hover:bg-accent-strong disabled:cursor-progress disabled:opacity-70";

/** The look of a lesser action. */
export const SECONDARY =
  "inline-flex min-h-11 items-center justify-center rounded-lg border border-edge bg-paper px-5 font-semibold hover:bg-sunken disabled:cursor-progress disabled:opacity-70";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: "primary" | "secondary";
}

export function Button({ look = "primary", type = "button", ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={look === "primary" ? PRIMARY : SECONDARY} />;
}
