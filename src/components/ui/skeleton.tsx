interface SkeletonProps {
  /** Rows, each of the height of a line of a list. */
  readonly rows?: number;
}

/** Stands where content will be, while it is loaded. */
export function Skeleton({ rows = 4 }: SkeletonProps) {
  return (
    <output className="block space-y-3 motion-safe:animate-pulse">
      <span className="sr-only">Loading …</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} aria-hidden="true" className="block h-14 rounded-xl bg-sunken" />
      ))}
    </output>
  );
}
