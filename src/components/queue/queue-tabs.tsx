import { Link } from "@tanstack/react-router";

const TAB =
  "inline-flex min-h-11 items-center border-b-3 border-transparent px-4 font-medium text-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";

/** What is to be printed, and what was. */
export function QueueTabs() {
  return (
    <nav aria-label="Queue" className="mb-6 flex border-b border-line">
      <Link to="/queue" activeOptions={{ exact: true }} className={TAB}>
        Queue
      </Link>
      <Link to="/queue/history" className={TAB}>
        History
      </Link>
    </nav>
  );
}
