interface ProgressProps {
  /** What goes on, or what it is a share of. */
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly tone?: "accent" | "good" | "warn" | "bad";
}

const TONES = {
  accent: "[&::-moz-progress-bar]:bg-accent [&::-webkit-progress-value]:bg-accent",
  good: "[&::-moz-progress-bar]:bg-good [&::-webkit-progress-value]:bg-good",
  warn: "[&::-moz-progress-bar]:bg-warn [&::-webkit-progress-value]:bg-warn",
  bad: "[&::-moz-progress-bar]:bg-bad [&::-webkit-progress-value]:bg-bad",
};

/** A bar for how far something has come, or how much is left. */
export function Progress({ label, value, max, tone = "accent" }: ProgressProps) {
  return (
    <progress
      aria-label={label}
      value={value}
      max={max}
      className={`block h-2 w-full appearance-none overflow-hidden rounded-full border-0 bg-sunken [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:rounded-full [&::-webkit-progress-value]:transition-all ${TONES[tone]}`}
    />
  );
}
