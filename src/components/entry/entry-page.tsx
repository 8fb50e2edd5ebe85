import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { Card } from "../ui/card.tsx";

interface EntryPageProps {
  readonly title: string;
  /** Whether it takes the place of another: its title then gets the focus, so that a screen reader goes on there. */
  readonly follows?: boolean;
  readonly children: ReactNode;
  /** The way to another of these pages. */
  readonly footer?: ReactNode;
}

/** A page on the way in: narrow, with one thing to do. */
export function EntryPage({ title, follows = false, children, footer }: EntryPageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (follows) heading.current?.focus();
  }, [follows]);

  return (
    <div className="mx-auto max-w-md">
      <h1
        ref={heading}
        tabIndex={-1}
        className="mb-6 text-3xl font-bold tracking-tight text-balance outline-none"
      >
        {title}
      </h1>
      <Card>{children}</Card>
      {footer === undefined ? null : <p className="mt-6 text-soft">{footer}</p>}
    </div>
  );
}

type EntryPath = "/sign-in" | "/sign-up" | "/forgot" | "/account";

/** A link within a sentence. */
export function EntryLink({ to, children }: { readonly to: EntryPath; readonly children: ReactNode }) {
  return (
    <Link to={to} className="font-semibold text-accent underline underline-offset-4">
      {children}
    </Link>
  );
}
