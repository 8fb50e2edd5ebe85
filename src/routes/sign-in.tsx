import { createFileRoute, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { signIn } from "../clients/account.ts";
import type { Outcome } from "../clients/outcome.ts";
import { ownPath } from "../clients/own-path.ts";
import { CheckMail } from "../components/entry/check-mail.tsx";
import { AddressField, PasswordField } from "../components/entry/credential-fields.tsx";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";
import { ActionForm, textOf } from "../components/ui/action-form.tsx";

export const Route = createFileRoute("/sign-in")({
  validateSearch: ({ next }: Record<string, unknown>): { readonly next?: string } =>
    next === undefined ? {} : { next: ownPath(next) },
  head: () => ({ meta: [{ title: "Sign in · FM5" }] }),
  component: SignIn,
});

function SignIn() {
  const { next } = Route.useSearch();
  const router = useRouter();
  const [mailedTo, setMailedTo] = useState<string | null>(null);
  if (mailedTo !== null) return <CheckMail email={mailedTo} />;

  async function send(fields: FormData): Promise<Outcome> {
    const email = textOf(fields, "email");
    const outcome = await signIn({ email, password: textOf(fields, "password") });
    if (outcome.unconfirmed === true) setMailedTo(email);
    return outcome;
  }

  return (
    <EntryPage
      title="Sign in"
      footer={
        <>
          New here? <EntryLink to="/sign-up">Create an account</EntryLink>
        </>
      }
    >
      <ActionForm action="Sign in" send={send} onDone={() => void router.navigate({ href: ownPath(next) })}>
        {(errors) => (
          <>
            <AddressField error={errors["email"]} />
            <PasswordField error={errors["password"]} />
            <p>
              <EntryLink to="/forgot">Forgot your password?</EntryLink>
            </p>
          </>
        )}
      </ActionForm>
    </EntryPage>
  );
}
