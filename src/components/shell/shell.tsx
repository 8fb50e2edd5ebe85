import { Link, useMatch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PhoneNavigation } from "./phone-navigation.tsx";
import { PublicNavigation } from "./public-navigation.tsx";
import { SignedInNavigation } from "./signed-in-navigation.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

interface ShellProps {
  readonly children: ReactNode;
}

/** What every page has around it: for who is signed in, the way to their things; for anybody, the way in. */
export function Shell({ children }: ShellProps) {
  const user = useMatch({ from: "/_app", shouldThrow: false, select: ({ context }) => context.user });
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-30 focus:bg-paper focus:p-2"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-20 border-b border-line bg-paper/95 backdrop-blur-sm">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-2 px-4 sm:gap-6 sm:px-6">
          <Link
            to={user === undefined ? "/" : "/dashboard"}
            className="flex min-h-11 items-center gap-2.5 text-lg font-bold tracking-tight"
          >
            <img src="/spool.svg" alt="" width="32" height="32" />
            FM5
          </Link>
          {user === undefined ? <PublicNavigation /> : <SignedInNavigation user={user} />}
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl flex-1 px-4 py-8 outline-none sm:px-6 sm:py-10"
      >
        {children}
      </main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-4 px-4 py-5 sm:px-6">
          <p className="text-sm text-soft">
            FM5, a filament manager for small 3D-printing shops.{" "}
            <Link to="/health" className="underline underline-offset-4 hover:text-ink">
              Health
            </Link>
          </p>
          <ThemeChoice />
        </div>
      </footer>
      {user === undefined ? null : <PhoneNavigation />}
    </div>
  );
}
