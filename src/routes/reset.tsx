import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { resetPassword } from "../clients/account.ts";
import { NewPasswordField } from "../components/entry/credential-fields.tsx";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";
import { useLinkToken } from "../components/entry/link-token.ts";
import { ActionForm, textOf } from "../components/ui/action-form.tsx";

export const Route = createFileRoute("/reset")({
  headers: () => ({ "cache-control": "no-store", "referrer-policy": "no-referrer" }),
  head: () => ({ meta: [{ title: "Choose a new password · FM5" }] }),
  component: Reset,
});

function Reset() {
  const token = useLinkToken();
  const [done, setDone] = useState(false);

  if (done)
    return (
      <EntryPage title="You have a new password" follows>
        <p>
          Everybody who was signed in to your account has been signed out.{" "}
          <EntryLink to="/sign-in">Sign in with the new password</EntryLink>
        </p>
      </EntryPage>
    );

  return (
    <EntryPage
      title="Choose a new password"
      footer={
        <>
          The link is too old? <EntryLink to="/forgot">Ask for another</EntryLink>
        </>
      }
    >
      {token === null ? (
        <p role="alert">Please open the link in our mail: this address lacks its secret.</p>
      ) : (
        <ActionForm
          action="Change my password"
          send={(fields) => resetPassword(token ?? "", textOf(fields, "password"))}
          onDone={() => setDone(true)}
        >
          {(errors) => <NewPasswordField label="New password" error={errors["password"]} />}
        </ActionForm>
      )}
    </EntryPage>
  );
}
