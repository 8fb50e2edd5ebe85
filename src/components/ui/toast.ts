/** A short message about what was done or could not be. */
interface ToastMessage {
  readonly tone: "good" | "bad";
  readonly text: string;
  /** What can be done about it: "Undo", "Try again". */
  readonly action?: { readonly text: string; readonly run: () => void };
}

type Show = (message: ToastMessage) => void;

let show: Show | undefined;

/** For the viewport alone: takes the messages from now until the returned function is called. */
export function takeToasts(taker: Show): () => void {
  show = taker;
  return () => {
    if (show === taker) show = undefined;
  };
}

const toast = {
  /** Says that something worked. */
  good: (text: string, action?: ToastMessage["action"]) => send("good", text, action),
  /** Says that something did not; stays longer, and screen readers speak it at once. */
  bad: (text: string, action?: ToastMessage["action"]) => send("bad", text, action),
};

/** Messages that come and go at the edge of the page. Always the same object. */
export function useToast(): typeof toast {
  return toast;
}

function send(tone: ToastMessage["tone"], text: string, action: ToastMessage["action"]): void {
  show?.({ tone, text, ...(action === undefined ? {} : { action }) });
}
