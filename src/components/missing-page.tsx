import { Link } from "@tanstack/react-router";
import { PRIMARY } from "./ui/button.tsx";

/** The page for an address that leads nowhere: 404. */
export function MissingPage() {
  return (
    <div className="mx-auto max-w-md text-center">
      <img src="/spool.svg" alt="" width="96" height="96" className="mx-auto mb-6" />
      <h1 className="text-3xl font-bold tracking-tight text-balance">This page isn’t on any spool.</h1>
      <p className="mt-3 mb-8 text-soft">The address may be old, or have a letter too many.</p>
      <Link to="/" className={PRIMARY}>
        Back to the start
      </Link>
    </div>
  );
}
