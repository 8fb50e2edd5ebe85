import { Toast as Base } from "@base-ui/react/toast";
import { ClientOnly } from "@tanstack/react-router";
import CircleAlert from "lucide-react/icons/circle-alert";
import CircleCheck from "lucide-react/icons/circle-check";
import X from "lucide-react/icons/x";
import { useEffect } from "react";
import { ICON_BUTTON } from "./icon-button.tsx";
import { takeToasts } from "./toast.ts";

const GOOD_MS = 5000;
const BAD_MS = 10_000;

/** Where toasts appear; once in the document, in the browser alone. */
export function ToastViewport() {
  return (
    <ClientOnly>
      <Base.Provider limit={3}>
        <Base.Portal>
          <Base.Viewport className="fixed inset-x-4 bottom-20 z-50 mx-auto flex max-w-md flex-col gap-2 outline-none sm:right-6 sm:bottom-6 sm:left-auto sm:w-96">
            <Toasts />
          </Base.Viewport>
        </Base.Portal>
      </Base.Provider>
    </ClientOnly>
  );
}

function Toasts() {
  const { toasts, add } = Base.useToastManager();
  useEffect(
    () =>
      takeToasts(({ tone, text, action }) => {
        add({
          type: tone,
          title: text,
          timeout: tone === "good" ? GOOD_MS : BAD_MS,
          priority: tone === "good" ? "low" : "high",
          ...(action === undefined ? {} : { actionProps: { children: action.text, onClick: action.run } }),
        });
      }),
    [add],
  );
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["right", "down"]}
      className="rounded-xl border border-line bg-paper text-ink shadow-xl transition-opacity duration-200 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-center gap-3 py-1.5 pr-1.5 pl-4">
        {toast.type === "bad" ? (
          <CircleAlert className="size-5 shrink-0 text-bad" />
        ) : (
          <CircleCheck className="size-5 shrink-0 text-good" />
        )}
        <Base.Title render={<p />} className="min-w-0 flex-1 py-2 text-sm font-medium break-words" />
        <Base.Action className="min-h-11 cursor-pointer rounded-lg px-3 text-sm font-semibold text-accent hover:bg-sunken" />
        <Base.Close aria-label="Dismiss" className={ICON_BUTTON}>
          <X />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
