import { useHydrated } from "@tanstack/react-router";
import { Button, type ButtonLook } from "./button.tsx";

interface SubmitButtonProps {
  readonly label: string;
  /** Shown instead while the form is on its way. */
  readonly busyLabel?: string;
  readonly busy: boolean;
  readonly look?: ButtonLook;
}

/** Sends a form that a script takes. Waits for that script: sent before, the form would go to a page that takes none. */
export function SubmitButton({ label, busyLabel = label, busy, look = "primary" }: SubmitButtonProps) {
  const ready = useHydrated();
  return (
    <Button type="submit" look={look} busy={busy} disabled={!ready}>
      {busy ? busyLabel : label}
    </Button>
  );
}
