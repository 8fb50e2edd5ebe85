import { Dialog as Base } from "@base-ui/react/dialog";
import { ClientOnly } from "@tanstack/react-router";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { ICON_BUTTON } from "./icon-button.tsx";
import { BACKDROP, POPUP } from "./popup-look.ts";

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/**
 * A page of its own above the page; on a phone it comes from below. Escape and the cross close it; the focus goes in and
 * back. Exists in the browser alone, so that the Worker carries none of it.
 */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  return (
    <ClientOnly>
      <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
        <Base.Portal>
          <Base.Backdrop className={BACKDROP} />
          <Base.Popup className={POPUP}>
            <div className="flex items-start justify-between gap-4">
              <Base.Title className="pt-1.5 text-xl font-bold tracking-tight">{title}</Base.Title>
              <Base.Close aria-label="Close" className={`-mt-1 -mr-2 ${ICON_BUTTON}`}>
                <X />
              </Base.Close>
            </div>
            {description === undefined ? null : (
              <Base.Description className="mt-1 text-soft">{description}</Base.Description>
            )}
            <div className="mt-4">{children}</div>
          </Base.Popup>
        </Base.Portal>
      </Base.Root>
    </ClientOnly>
  );
}

/** A dialog's buttons, the main one last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="mt-6 flex flex-col-reverse gap-3 sm:flex-row sm:justify-end">{children}</div>;
}
