import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { askForReset } from "../clients/account.ts";
import { AddressField } from "../components/entry/credential-fields.tsx";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";
import { ActionForm, textOf } from "../components/ui/action-form.tsx";

export const Route = createFileRoute("/forgot")({
  head: () => ({ meta: [{ title: "Forgot your password? · FM5" }] }),
  component: Forgot,
});

function Forgot() {
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  if (mailedTo !== null)
    return (
      <EntryPage title="Look into your mail" follows>
        <div className="space-y-3">
          <p>
            If <strong className="font-semibold break-all">{mailedTo}</strong> has an account, a mail is on
            its way there. Its link is good for an hour.
          </p>
          <p className="text-soft">Nothing after a few minutes? Look into the folder for spam.</p>
        </div>
      </EntryPage>
    );

  return (
    <EntryPage
      title="Forgot your password?"
      footer={
        <>
          It came back to you? <EntryLink to="/sign-in">Sign in</EntryLink>
        </>
      }
    >
      <ActionForm
        action="Send me a link"
        send={(fields) => askForReset(textOf(fields, "email"))}
        onDone={(fields) => setMailedTo(textOf(fields, "email"))}
      >
        {(errors) => (
          <>
            <p className="text-soft">We send you a link by which you choose a new one.</p>
            <AddressField error={errors["email"]} />
          </>
        )}
      </ActionForm>
    </EntryPage>
  );
}
