import { Skeleton } from "./ui/skeleton.tsx";

/** Shown when the next page takes a while. */
export function PendingPage() {
  return (
    <div className="space-y-6">
      <div aria-hidden="true" className="h-9 w-56 rounded-lg bg-sunken motion-safe:animate-pulse" />
      <Skeleton rows={5} />
    </div>
  );
}
