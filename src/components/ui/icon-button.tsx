import type { ButtonHTMLAttributes, ReactNode } from "react";

/** The look of a button that is an icon alone, for triggers of menus too. */
export const ICON_BUTTON =
  "inline-flex size-11 shrink-0 cursor-pointer items-center justify-center rounded-lg text-soft transition-colors hover:bg-sunken hover:text-ink disabled:cursor-not-allowed disabled:opacity-70 aria-disabled:cursor-not-allowed aria-disabled:opacity-40 [&_svg]:size-5";

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for those who don't see the icon. */
  readonly label: string;
  readonly children: ReactNode;
}

export function IconButton({ label, type = "button", ...rest }: IconButtonProps) {
  return <button {...rest} type={type} aria-label={label} title={label} className={ICON_BUTTON} />;
}
