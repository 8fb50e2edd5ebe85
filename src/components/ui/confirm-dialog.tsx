import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { ClientOnly } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button, SECONDARY } from "./button.tsx";
import { DialogActions } from "./dialog.tsx";
import { BACKDROP, POPUP } from "./popup-look.ts";

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** A question: "Delete this spool?" */
  readonly title: string;
  /** What will be, and whether it can be undone. */
  readonly description: string;
  /** A verb: "Delete". */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  /** Whether something is lost by it; so by default. */
  readonly danger?: boolean;
  /** More to fill in or to know. */
  readonly children?: ReactNode;
}

/** Asks before what can't be undone. Stays open after `onConfirm` until `open` says otherwise. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description, action, onConfirm, busy = false, danger = true } = props;
  return (
    <ClientOnly>
      <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
        <Base.Portal>
          <Base.Backdrop className={BACKDROP} />
          <Base.Popup className={POPUP}>
            <Base.Title className="text-xl font-bold tracking-tight">{title}</Base.Title>
            <Base.Description className="mt-2 text-soft">{description}</Base.Description>
            {props.children === undefined ? null : <div className="mt-4">{props.children}</div>}
            <DialogActions>
              <Base.Close className={SECONDARY}>Cancel</Base.Close>
              <Button look={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
                {action}
              </Button>
            </DialogActions>
          </Base.Popup>
        </Base.Portal>
      </Base.Root>
    </ClientOnly>
  );
}
