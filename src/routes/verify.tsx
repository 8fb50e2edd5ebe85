import { useMutation } from "@tanstack/react-query";
import { createFileRoute, useRouter } from "@tanstack/react-router";
import { sendConfirmation } from "../clients/account.ts";
import { useApi } from "../clients/api.ts";
import { outcomeOf } from "../clients/outcome.ts";
import { AddressField } from "../components/entry/credential-fields.tsx";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";
import { useLinkToken } from "../components/entry/link-token.ts";
import { ActionForm, textOf } from "../components/ui/action-form.tsx";

export const Route = createFileRoute("/verify")({
  headers: () => ({ "cache-control": "no-store", "referrer-policy": "no-referrer" }),
  head: () => ({ meta: [{ title: "Confirm your address · FM5" }] }),
  component: Verify,
});

/** The link alone confirms nothing: programs that look into mails for dangers open links, but press no buttons. */
function Verify() {
  const token = useLinkToken();
  const router = useRouter();
  const confirm = useMutation(useApi().account.confirmEmail.mutationOptions());

  async function press(): Promise<void> {
    const { signedIn } = await confirm.mutateAsync({ token: token ?? "" });
    if (signedIn) await router.navigate({ to: "/dashboard" });
  }

  if (token === null) return <AskForLink />;
  if (confirm.data !== undefined && !confirm.data.signedIn) return <ConfirmedPage what={confirm.data.what} />;
  return (
    <EntryPage title="Confirm your address">
      <ActionForm action="Confirm my address" send={() => outcomeOf(press())}>
        {() => <p>One more press shows that you have got our mail.</p>}
      </ActionForm>
      {confirm.isError ? (
        <div className="mt-8 border-t border-line pt-6">
          <SendAgain />
        </div>
      ) : null}
    </EntryPage>
  );
}

function ConfirmedPage({ what }: { readonly what: "new_account" | "new_address" }) {
  return (
    <EntryPage title="Your address is confirmed" follows>
      <p>
        {what === "new_account" ? (
          <>
            Welcome to FM5. <EntryLink to="/sign-in">Sign in with your password</EntryLink>
          </>
        ) : (
          <>
            Your account has it from now on. <EntryLink to="/account">Go to your account</EntryLink>
          </>
        )}
      </p>
    </EntryPage>
  );
}

function AskForLink() {
  return (
    <EntryPage title="Confirm your address">
      <div className="space-y-5">
        <p>Please open the link in our mail: this address lacks its secret.</p>
        <SendAgain />
      </div>
    </EntryPage>
  );
}

function SendAgain() {
  return (
    <ActionForm
      action="Send the mail again"
      look="secondary"
      send={(fields) => sendConfirmation(textOf(fields, "email"))}
    >
      {(errors) => <AddressField error={errors["email"]} />}
    </ActionForm>
  );
}
