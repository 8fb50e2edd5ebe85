import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import Package from "lucide-react/icons/package";
import type { ReactNode } from "react";
import { Figures, type Summary } from "../../components/dashboard/figures.tsx";
import { LowStock } from "../../components/dashboard/low-stock.tsx";
import { RecentModels } from "../../components/dashboard/recent-models.tsx";
import { UsageChart } from "../../components/filaments/usage-chart.tsx";
import { JobRow } from "../../components/queue/job-row.tsx";
import { RunningJob } from "../../components/queue/running-job.tsx";
import { PRIMARY, SECONDARY } from "../../components/ui/button.tsx";
import { Card } from "../../components/ui/card.tsx";
import { DATA_LIST } from "../../components/ui/data-list.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/dashboard")({
  head: () => ({ meta: [{ title: "Dashboard · FM5" }] }),
  loader: ({ context: { queryClient, trpc } }) =>
    queryClient.ensureQueryData(trpc.dashboard.summary.queryOptions()).then(() => undefined),
  component: Dashboard,
});

function Dashboard() {
  const { user, trpc } = Route.useRouteContext();
  const { data: summary } = useSuspenseQuery(trpc.dashboard.summary.queryOptions());
  return (
    <>
      <PageHeader title="Dashboard" description={`Signed in as ${user.name}`} />
      {isEmpty(summary) ? <FirstSteps /> : <Overview summary={summary} />}
    </>
  );
}

function isEmpty({ stock, printing, queue, recentModels }: Summary): boolean {
  return stock.filaments + printing.length + queue.waiting + recentModels.length === 0;
}

function FirstSteps() {
  return (
    <EmptyState
      icon={<Package />}
      title="Nothing here yet"
      action={
        <>
          <Link to="/filaments" className={PRIMARY}>
            Put a filament on the shelf
          </Link>
          <Link to="/models" className={SECONDARY}>
            Keep a model
          </Link>
        </>
      }
    >
      Once FM5 knows your filament and your print files, it tells here what can be printed next.
    </EmptyState>
  );
}

function Overview({ summary }: { readonly summary: Summary }) {
  const { printing, queue, lowStock, recentModels, consumption } = summary;
  return (
    <div className="space-y-8">
      <Figures summary={summary} />
      <div className="grid items-start gap-8 lg:grid-cols-[3fr_2fr]">
        <div className="space-y-8">
          {printing.length === 0 ? null : (
            <Part title="Printing">
              <ul className={DATA_LIST}>
                {printing.map((job) => (
                  <RunningJob key={job.id} job={job} />
                ))}
              </ul>
            </Part>
          )}
          {queue.next.length === 0 ? null : (
            <Part title="Next">
              <ol className={DATA_LIST}>
                {queue.next.map((job) => (
                  <JobRow key={job.id} job={job} actions={null} />
                ))}
              </ol>
            </Part>
          )}
          {recentModels.length === 0 ? null : (
            <Part title="Models changed lately">
              <RecentModels models={recentModels} />
            </Part>
          )}
        </div>
        <div className="space-y-8">
          {lowStock.length === 0 ? null : (
            <Part title="Running low">
              <LowStock filaments={lowStock} />
            </Part>
          )}
          <Card title="Used in the last 30 days">
            <UsageChart buckets={consumption} by="day" />
          </Card>
        </div>
      </div>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-3 text-xl font-bold tracking-tight">
        {title}
      </h2>
      {children}
    </section>
  );
}
