import { sendConfirmation } from "../../clients/account.ts";
import { ActionForm } from "../ui/action-form.tsx";
import { EntryPage } from "./entry-page.tsx";

/** Says that a mail has gone to an address, and sends it again where it doesn't come. */
export function CheckMail({ email }: { readonly email: string }) {
  return (
    <EntryPage title="Look into your mail" follows>
      <div className="space-y-5">
        <p>
          We have sent a mail to <strong className="font-semibold break-all">{email}</strong>. Its link
          confirms that the address is yours; it is good for an hour.
        </p>
        <p className="text-soft">
          Nothing after a few minutes? Look into the folder for spam, and whether the address is right.
        </p>
        <ActionForm action="Send it again" look="secondary" send={() => sendConfirmation(email)}>
          {() => null}
        </ActionForm>
      </div>
    </EntryPage>
  );
}
