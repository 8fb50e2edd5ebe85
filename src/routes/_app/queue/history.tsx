import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import History from "lucide-react/icons/history";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { EndedJobRow } from "../../../components/queue/ended-job-row.tsx";
import { QueueTabs } from "../../../components/queue/queue-tabs.tsx";
import { DataList } from "../../../components/ui/data-list.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { MoreButton } from "../../../components/ui/more-button.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

const INPUT = { limit: 30 };

export const Route = createFileRoute("/_app/queue/history")({
  head: () => ({ meta: [{ title: "Printed · FM5" }] }),
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient
      .ensureInfiniteQueryData(trpc.jobs.history.infiniteQueryOptions(INPUT, NEXT_PAGE))
      .then(() => undefined),
  component: HistoryPage,
});

function HistoryPage() {
  const { trpc } = Route.useRouteContext();
  const list = useSuspenseInfiniteQuery(trpc.jobs.history.infiniteQueryOptions(INPUT, NEXT_PAGE));
  const jobs = list.data.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHeader title="Queue" />
      <QueueTabs />
      {jobs.length === 0 ? (
        <EmptyState icon={<History />} title="Nothing was printed yet">
          Jobs come here when they are completed, failed or cancelled.
        </EmptyState>
      ) : (
        <>
          <DataList label="Jobs that are over">
            {jobs.map((job) => (
              <EndedJobRow key={job.id} job={job} />
            ))}
          </DataList>
          <MoreButton list={list} />
        </>
      )}
    </>
  );
}
