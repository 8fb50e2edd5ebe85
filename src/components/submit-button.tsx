import { useHydrated } from "@tanstack/react-router";
import { Button } from "./button.tsx";

interface SubmitButtonProps {
  readonly label: string;
  /** Shown instead while the form is on its way. */
  readonly busyLabel?: string;
  readonly busy: boolean;
}

/** Sends a form that a script takes. Waits for that script: sent before, the form would go to a page that takes none. */
export function SubmitButton({ label, busyLabel = label, busy }: SubmitButtonProps) {
  const ready = useHydrated();
  return (
    <Button type="submit" disabled={busy || !ready}>
      {busy ? busyLabel : label}
    </Button>
  );
}
