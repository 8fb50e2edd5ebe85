interface ColorSwatchProps {
  /** #rrggbb */
  readonly hex: string;
  readonly size?: "small" | "large";
}

/**
 * A filament's colour. Its name stands beside it, so it is hidden from screen readers.
 * Drawn, since the Content-Security-Policy takes no style attribute.
 */
export function ColorSwatch({ hex, size = "small" }: ColorSwatchProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`inline-block shrink-0 ${size === "small" ? "size-5" : "size-10"}`}
    >
      <circle cx="12" cy="12" r="11" fill={hex} className="stroke-edge" strokeWidth="1" />
      <circle cx="12" cy="12" r="3.5" className="fill-paper stroke-edge" strokeWidth="1" />
    </svg>
  );
}
