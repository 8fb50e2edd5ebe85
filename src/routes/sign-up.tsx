import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { signUp } from "../clients/account.ts";
import { CheckMail } from "../components/entry/check-mail.tsx";
import { AddressField, NewPasswordField } from "../components/entry/credential-fields.tsx";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";
import { ActionForm, textOf } from "../components/ui/action-form.tsx";
import { Field } from "../components/ui/field.tsx";

export const Route = createFileRoute("/sign-up")({
  head: () => ({ meta: [{ title: "Create an account · FM5" }] }),
  component: SignUp,
});

function SignUp() {
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  if (mailedTo !== null) return <CheckMail email={mailedTo} />;

  return (
    <EntryPage
      title="Create an account"
      footer={
        <>
          You have one? <EntryLink to="/sign-in">Sign in</EntryLink>
        </>
      }
    >
      <ActionForm
        action="Create account"
        send={(fields) =>
          signUp({
            name: textOf(fields, "name"),
            email: textOf(fields, "email"),
            password: textOf(fields, "password"),
          })
        }
        onDone={(fields) => setMailedTo(textOf(fields, "email"))}
      >
        {(errors) => (
          <>
            <Field
              label="Name"
              name="name"
              autoComplete="name"
              maxLength={100}
              error={errors["name"]}
              required
            />
            <AddressField error={errors["email"]} />
            <NewPasswordField error={errors["password"]} />
          </>
        )}
      </ActionForm>
    </EntryPage>
  );
}
