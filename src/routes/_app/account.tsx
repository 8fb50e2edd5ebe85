import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { leave } from "../../clients/account.ts";
import { ActivityList } from "../../components/account/activity-list.tsx";
import { AddressForm } from "../../components/account/address-form.tsx";
import { MailProblems } from "../../components/account/mail-problems.tsx";
import { PasswordForm } from "../../components/account/password-form.tsx";
import { ProfileForm } from "../../components/account/profile-form.tsx";
import { SessionList } from "../../components/account/session-list.tsx";
import { YourData } from "../../components/account/your-data.tsx";
import { Button } from "../../components/ui/button.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";
import { useApi } from "../../clients/api.ts";

export const Route = createFileRoute("/_app/account")({
  head: () => ({ meta: [{ title: "Account · FM5" }] }),
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient.ensureQueryData(trpc.account.overview.queryOptions()),
  component: Account,
});

function Account() {
  const { user } = Route.useRouteContext();
  const { data } = useSuspenseQuery(useApi().account.overview.queryOptions());
  return (
    <>
      <PageHeader
        title="Account"
        description={`Signed in as ${user.name}`}
        actions={
          <Button look="secondary" onClick={() => void leave()}>
            Sign out
          </Button>
        }
      />
      <div className="space-y-6">
        <MailProblems mails={data.mails} />
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <div className="space-y-6">
            <ProfileForm user={user} />
            <AddressForm user={user} />
            <PasswordForm />
          </div>
          <div className="space-y-6">
            <SessionList sessions={data.sessions} />
            <ActivityList activity={data.activity} />
            <YourData />
          </div>
        </div>
      </div>
    </>
  );
}
