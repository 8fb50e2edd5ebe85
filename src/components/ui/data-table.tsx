import type { ReactNode } from "react";

interface DataTableProps {
  /** What the table holds, for screen readers. */
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric?: boolean }[];
  /** `<DataTableRow>`s. */
  readonly children: ReactNode;
}

/** Figures side by side. Scrolls by itself where the screen is narrow; a keyboard can reach it for that. */
export function DataTable({ caption, columns, children }: DataTableProps) {
  return (
    <section
      aria-label={caption}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable
      tabIndex={0}
      className="overflow-x-auto rounded-xl border border-line bg-paper shadow-xs"
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-sm text-soft">
            {columns.map(({ title, numeric }) => (
              <th
                key={title}
                scope="col"
                className={`px-4 py-3 font-medium whitespace-nowrap ${numeric === true ? "text-right" : ""}`}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </section>
  );
}

export function DataTableRow({ children }: { readonly children: ReactNode }) {
  return <tr>{children}</tr>;
}

interface DataTableCellProps {
  readonly numeric?: boolean;
  readonly children: ReactNode;
}

export function DataTableCell({ numeric = false, children }: DataTableCellProps) {
  return (
    <td className={`px-4 py-3 ${numeric ? "text-right whitespace-nowrap tabular-nums" : ""}`}>{children}</td>
  );
}
