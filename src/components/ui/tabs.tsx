import { Link } from "@tanstack/react-router";

interface TabsProps {
  /** What they are parts of, for screen readers. */
  readonly label: string;
  readonly tabs: readonly { readonly to: string; readonly text: string }[];
}

const TAB =
  "inline-flex min-h-11 items-center border-b-3 border-transparent px-4 font-medium text-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";

/** Pages that belong together, side by side. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav aria-label={label} className="mb-6 flex border-b border-line">
      {tabs.map(({ to, text }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }} className={TAB}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
