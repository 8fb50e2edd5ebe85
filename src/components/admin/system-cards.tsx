import type { ReactNode } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { countText } from "../../texts/amounts.ts";
import { Card } from "../ui/card.tsx";
import { Time } from "../ui/time.tsx";

type System = ApiOutputs["admin"]["system"];

/** How many use FM5. */
export function AccountsCard({ system }: { readonly system: System }) {
  const { accounts, unconfirmedAccounts } = system;
  return (
    <Card title="Accounts">
      <p className="text-3xl font-bold tabular-nums">{accounts}</p>
      <p className="mt-1 text-soft">
        {unconfirmedAccounts === 0
          ? "Every address is confirmed."
          : `${unconfirmedAccounts} with an address that isn’t confirmed; such accounts go after a week.`}
      </p>
    </Card>
  );
}

/** Mails that Resend didn't take, after all attempts. */
export function FailedMailsCard({ mails }: { readonly mails: System["failedMails"] }) {
  return (
    <ListCard
      title="Mails that could not be sent"
      none="None in the last 90 days."
      what="Their owners were told on their account’s page, and can ask for them again."
    >
      {mails.map(({ id, template, attempts, error, at }) => (
        <Row key={id} at={at}>
          <code className="font-mono text-sm">{template}</code>
          <span className="block text-sm text-soft">
            {countText(attempts, "attempt")}: {error ?? "no reason known"}
          </span>
        </Row>
      ))}
    </ListCard>
  );
}

/** Accounts that are gone, but perhaps not yet all of their files. */
export function LeftoversCard({ leftovers }: { readonly leftovers: System["leftovers"] }) {
  return (
    <ListCard
      title="Files of deleted accounts"
      none="None are left in the bucket."
      what="FM5 deletes them by itself and looks again after an hour. One that stays for longer means that the bucket refuses."
    >
      {leftovers.map(({ ownerId, since, attempts }) => (
        <Row key={ownerId} at={since}>
          <code className="font-mono text-sm break-all">{ownerId}</code>
          <span className="block text-sm text-soft">tried again {countText(attempts, "time")}</span>
        </Row>
      ))}
    </ListCard>
  );
}

interface ListCardProps {
  readonly title: string;
  /** Said where there is nothing. */
  readonly none: string;
  /** What becomes of them. */
  readonly what: string;
  readonly children: readonly ReactNode[];
}

export function ListCard({ title, none, what, children }: ListCardProps) {
  return (
    <Card title={title}>
      <p className="text-soft">{children.length === 0 ? none : what}</p>
      {children.length === 0 ? null : <ul className="mt-4 divide-y divide-line">{children}</ul>}
    </Card>
  );
}

export function Row({ at, children }: { readonly at: string; readonly children: ReactNode }) {
  return (
    <li className="flex flex-wrap justify-between gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0">{children}</div>
      <span className="text-sm text-soft">
        <Time at={at} />
      </span>
    </li>
  );
}
