import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import ListOrdered from "lucide-react/icons/list-ordered";
import Plus from "lucide-react/icons/plus";
import { useCurrency } from "../../../clients/currency.ts";
import type { Queue } from "../../../components/queue/guesses.ts";
import { QueueList } from "../../../components/queue/queue-list.tsx";
import { QueueTabs } from "../../../components/queue/queue-tabs.tsx";
import { PRIMARY } from "../../../components/ui/button.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";
import { countText, durationText, moneyText } from "../../../texts/amounts.ts";

export const Route = createFileRoute("/_app/queue/")({
  head: () => ({ meta: [{ title: "Queue · FM5" }] }),
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient.ensureQueryData(trpc.jobs.queue.queryOptions()).then(() => undefined),
  component: QueuePage,
});

function QueuePage() {
  const { trpc } = Route.useRouteContext();
  const { data: queue } = useSuspenseQuery(trpc.jobs.queue.queryOptions());
  const add = (
    <Link to="/queue/add" className={PRIMARY}>
      <Plus />
      Add job
    </Link>
  );
  return (
    <>
      <PageHeader title="Queue" description={useQueueText(queue)} actions={add} />
      <QueueTabs />
      {queue.jobs.length === 0 ? (
        <EmptyState icon={<ListOrdered />} title="Nothing to print" action={add}>
          Queue a print file of a model, or say by hand what a print needs. FM5 tells whether there is enough
          filament.
        </EmptyState>
      ) : (
        <QueueList jobs={queue.jobs} />
      )}
    </>
  );
}

function useQueueText({ jobs, printSeconds, costCents }: Queue): string | undefined {
  const currency = useCurrency();
  if (jobs.length === 0) return undefined;
  const facts = [
    countText(jobs.length, "job"),
    printSeconds === 0 ? "" : durationText(printSeconds),
    costCents === 0 ? "" : `about ${moneyText(costCents, currency)}`,
  ];
  return facts.filter(Boolean).join(" · ");
}
