import { useRouter } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";
import type { Reply } from "../clients/account.ts";
import { Card } from "./ui/card.tsx";
import { Notice } from "./ui/notice.tsx";
import { SubmitButton } from "./ui/submit-button.tsx";

interface AccountFormProps {
  readonly title: string;
  readonly action: string;
  /** Where it leads: a path of our own. */
  readonly next: string;
  readonly send: (fields: FormData) => Promise<Reply>;
  /** Inputs. */
  readonly children: ReactNode;
  /** The way to the other form. */
  readonly footer: ReactNode;
}

/** A form that ends signed in. */
export function AccountForm({ title, action, next, send, children, footer }: AccountFormProps) {
  const router = useRouter();
  const [message, setMessage] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setMessage(null);
    setBusy(true);
    const reply = await send(new FormData(event.currentTarget));
    setBusy(false);
    if (reply.ok) await router.navigate({ href: next });
    else setMessage(reply.message);
  }

  return (
    <div className="mx-auto max-w-md">
      <h1 className="mb-6 text-3xl font-bold tracking-tight">{title}</h1>
      <Card>
        {/* Without a script it must not put a password into the address. */}
        <form method="post" onSubmit={(event) => void submit(event)} className="space-y-5">
          {children}
          <Notice message={message} tone="bad" />
          <SubmitButton label={action} busy={busy} />
          <noscript>
            <p className="text-sm text-soft">This form needs JavaScript.</p>
          </noscript>
        </form>
      </Card>
      <p className="mt-6 text-soft">{footer}</p>
    </div>
  );
}

/** A form's field as text; empty when the form has no such field. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
