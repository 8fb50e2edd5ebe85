import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { HealthCard } from "../../../components/admin/health-card.tsx";
import { StuckFilesCard } from "../../../components/admin/stuck-files-card.tsx";
import { AccountsCard, FailedMailsCard, LeftoversCard } from "../../../components/admin/system-cards.tsx";

export const Route = createFileRoute("/_app/admin/")({
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient.ensureQueryData(trpc.admin.system.queryOptions()).then(() => undefined),
  component: System,
});

function System() {
  const { trpc } = Route.useRouteContext();
  const { data: system } = useSuspenseQuery(trpc.admin.system.queryOptions());
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <HealthCard />
      <div className="space-y-6">
        <AccountsCard system={system} />
        <FailedMailsCard mails={system.failedMails} />
        <StuckFilesCard files={system.stuckFiles} />
        <LeftoversCard leftovers={system.leftovers} />
      </div>
    </div>
  );
}
