import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import type { Outcome } from "../../clients/outcome.ts";
import type { ButtonLook } from "./button.tsx";
import { Notice } from "./notice.tsx";
import { SubmitButton } from "./submit-button.tsx";

/** What is wrong with which field, by its name. */
type FieldErrors = Readonly<Record<string, string | undefined>>;

interface ActionFormProps {
  /** What its button says. */
  readonly action: string;
  readonly busyAction?: string;
  readonly look?: ButtonLook;
  readonly send: (fields: FormData) => Promise<Outcome>;
  /** After it went well. */
  readonly onDone?: (fields: FormData) => void;
  /** Whether the fields are emptied when it went well. */
  readonly resets?: boolean;
  /** The fields, each with its error. */
  readonly children: (errors: FieldErrors) => ReactNode;
}

/** A form that a script sends. Says how that went; the focus goes to the first field that something is wrong with. */
export function ActionForm(props: ActionFormProps) {
  const { action, busyAction, look = "primary", send, onDone, resets = false, children } = props;
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (outcome?.ok === false) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [outcome]);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const sent = event.currentTarget;
    const fields = new FormData(sent);
    setOutcome(null);
    setBusy(true);
    const ended = await send(fields);
    setBusy(false);
    setOutcome(ended);
    if (!ended.ok) return;
    if (resets) sent.reset();
    onDone?.(fields);
  }

  const errors = outcome?.ok === false ? (outcome.fields ?? {}) : {};
  return (
    // Without a script it must not put a password into the address.
    <form ref={form} method="post" onSubmit={(event) => void submit(event)} className="space-y-5">
      {children(errors)}
      <div className="[&>:not(button,:empty)]:mb-5">
        <Notice message={(outcome?.ok === false && outcome.message) || null} tone="bad" />
        <Notice message={(outcome?.ok === true && outcome.message) || null} tone="good" />
        <SubmitButton
          label={action}
          {...(busyAction === undefined ? {} : { busyLabel: busyAction })}
          busy={busy}
          look={look}
        />
        <noscript>
          <p className="mt-5 text-sm text-soft">This form needs JavaScript.</p>
        </noscript>
      </div>
    </form>
  );
}

/** A form's field as text; empty when the form has no such field. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
