import type { ReactNode } from "react";

/** How a list of rows looks, also an ordered one. */
export const DATA_LIST = "divide-y divide-line rounded-xl border border-line bg-paper shadow-xs";

interface DataListProps {
  /** What is listed, for screen readers. */
  readonly label: string;
  readonly children: ReactNode;
}

/** Rows of things, in a card of their own. */
export function DataList({ label, children }: DataListProps) {
  return (
    <ul aria-label={label} className={DATA_LIST}>
      {children}
    </ul>
  );
}

interface DataRowProps {
  /** A swatch, picture or icon before the text. */
  readonly start?: ReactNode;
  readonly children: ReactNode;
  /** Figures or actions behind it; they go below where there is no room. */
  readonly end?: ReactNode;
}

export function DataRow({ start, children, end }: DataRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:flex-nowrap sm:px-5">
      {start}
      <div className="min-w-0 flex-1 basis-48">{children}</div>
      {end === undefined ? null : <div className="flex items-center gap-2">{end}</div>}
    </li>
  );
}
