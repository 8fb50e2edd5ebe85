import type { ButtonHTMLAttributes } from "react";

const BASE =
  "inline-flex min-h-11 cursor-pointer items-center justify-center gap-2 rounded-lg px-5 font-semibold transition-colors disabled:cursor-not-allowed disabled:opacity-70 aria-busy:cursor-progress [&_svg]:size-5 [&_svg]:shrink-0";

/** The look of a main action, for links too. */
export const PRIMARY = `${BASE} bg-accent text-on-accent hover:bg-accent-strong`;

/** The look of a lesser action. */
export const SECONDARY = `${BASE} border border-edge bg-paper hover:bg-sunken`;

const QUIET = `${BASE} px-3 text-soft hover:bg-sunken hover:text-ink`;
const DANGER = `${BASE} bg-bad text-on-bad hover:opacity-90`;

const LOOKS = { primary: PRIMARY, secondary: SECONDARY, quiet: QUIET, danger: DANGER };

export type ButtonLook = keyof typeof LOOKS;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook;
  /** Its action is under way: it takes no second press. */
  readonly busy?: boolean;
}

export function Button({ look = "primary", type = "button", busy = false, disabled, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={busy || disabled === true}
      aria-busy={busy || undefined}
      className={LOOKS[look]}
    />
  );
}
