import type { ReactNode } from "react";

const TONES = {
  neutral: "bg-sunken text-soft",
  accent: "bg-accent/12 text-accent",
  good: "bg-good/12 text-good",
  warn: "bg-warn/12 text-warn",
  bad: "bg-bad/12 text-bad",
};

export type Tone = keyof typeof TONES;

interface BadgeProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
}

/** A state in a word or two. */
export function Badge({ tone = "neutral", children }: BadgeProps) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-sm font-medium whitespace-nowrap [&_svg]:size-4 ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
