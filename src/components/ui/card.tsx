import type { ReactNode } from "react";

interface CardProps {
  readonly title?: string;
  readonly children: ReactNode;
}

export function Card({ title, children }: CardProps) {
  return (
    <section className="rounded-xl border border-line bg-paper p-5 shadow-xs sm:p-6">
      {title === undefined ? null : <h2 className="mb-4 font-semibold">{title}</h2>}
      {children}
    </section>
  );
}
