import type { ApiOutputs } from "../../clients/api.ts";
import { Time } from "../ui/time.tsx";

type Mails = ApiOutputs["account"]["overview"]["mails"];

const MAIL_WORDS: Readonly<Record<string, string>> = {
  "confirm-new-address": "the link to your new address. Ask for it again below",
  "password-changed": "that your password was changed",
  "reset-password": "the link for a new password",
};

/** Tells of the last mail where it could not be sent; the mails before it no longer matter. */
export function MailProblems({ mails }: { readonly mails: Mails }) {
  const [last] = mails;
  if (last?.state !== "failed") return null;
  return (
    <p role="alert" className="rounded-lg border-l-4 border-bad bg-sunken px-4 py-3 font-medium text-bad">
      We could not send you a mail on <Time at={last.at} />:{" "}
      {MAIL_WORDS[last.template] ?? "about your account"}.
    </p>
  );
}
