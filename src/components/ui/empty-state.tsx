import type { ReactNode } from "react";

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** What leads on: a button or link. */
  readonly action?: ReactNode;
}

/** Stands where nothing is yet, and says how to change that. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-xl border border-dashed border-edge px-6 py-12 text-center">
      {icon === undefined ? null : (
        <div className="mb-4 rounded-full bg-accent/12 p-3 text-accent [&_svg]:size-7">{icon}</div>
      )}
      <p className="text-lg font-semibold text-balance">{title}</p>
      {children === undefined ? null : <div className="mt-1 max-w-md text-pretty text-soft">{children}</div>}
      {action === undefined ? null : <div className="mt-6 flex flex-wrap justify-center gap-3">{action}</div>}
    </div>
  );
}
