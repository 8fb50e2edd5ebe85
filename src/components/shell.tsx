import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface ShellProps {
  readonly children: ReactNode;
}

const NAVIGATION =
  "rounded-md px-3 py-2 text-sm font-medium text-soft hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink";

/** What every page has around it. */
export function Shell({ children }: ShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:bg-paper focus:p-2"
      >
        Skip to the content
      </a>
      <header className="border-b border-line bg-paper">
        <div className="mx-auto flex h-16 max-w-5xl items-center justify-between px-4 sm:px-6">
          <Link to="/" className="flex items-center gap-2.5 text-lg font-bold tracking-tight">
            <img src="/spool.svg" alt="" width="32" height="32" />
            FM5
          </Link>
          <nav aria-label="Main" className="flex items-center gap-1">
            <Link to="/files" className={NAVIGATION}>
              Files
            </Link>
            <Link to="/health" className={NAVIGATION}>
              Health
            </Link>
          </nav>
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl flex-1 px-4 py-10 outline-none sm:px-6 sm:py-14"
      >
        {children}
      </main>
      <footer className="border-t border-line">
        <p className="mx-auto max-w-5xl px-4 py-6 text-sm text-soft sm:px-6">
          FM5, a filament manager for small 3D-printing shops.
        </p>
      </footer>
    </div>
  );
}
