import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { orNotFound } from "../../../clients/load.ts";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { FilamentActions } from "../../../components/filaments/filament-actions.tsx";
import { FilamentFacts } from "../../../components/filaments/filament-facts.tsx";
import { titleOf } from "../../../components/filaments/filament-title.tsx";
import { SpoolList } from "../../../components/filaments/spool-list.tsx";
import { UsageChart } from "../../../components/filaments/usage-chart.tsx";
import { historyInput, UseHistory } from "../../../components/filaments/use-history.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { ColorSwatch } from "../../../components/ui/color-swatch.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/filaments/$filamentId")({
  loader: async ({ context: { queryClient, trpc }, params: { filamentId } }) => {
    const history = trpc.filaments.history.infiniteQueryOptions(historyInput(filamentId), NEXT_PAGE);
    const [{ filament }] = await orNotFound(
      Promise.all([
        queryClient.ensureQueryData(trpc.filaments.get.queryOptions({ id: filamentId })),
        queryClient.ensureInfiniteQueryData(history),
      ]),
    );
    return { title: titleOf(filament) };
  },
  head: ({ loaderData }) => ({ meta: [{ title: `${loaderData?.title ?? "Filament"} · FM5` }] }),
  component: Filament,
});

function Filament() {
  const { filamentId } = Route.useParams();
  const { trpc } = Route.useRouteContext();
  const { data } = useSuspenseQuery(trpc.filaments.get.queryOptions({ id: filamentId }));
  const { filament, spools, jobs, weeks } = data;

  return (
    <>
      <PageHeader
        back={{ to: "/filaments", text: "Filaments" }}
        title={filament.colorName}
        description={
          <span className="flex items-center gap-2">
            <ColorSwatch hex={filament.colorHex} />
            {filament.brand} · {filament.material}
          </span>
        }
        actions={<FilamentActions filament={filament} />}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[2fr_1fr]">
        <section aria-labelledby="spools">
          <h2 id="spools" className="mb-3 text-xl font-bold tracking-tight">
            Spools
          </h2>
          {spools.length === 0 ? (
            <EmptyState title="No spool of it">Add those that you have.</EmptyState>
          ) : (
            <SpoolList spools={spools} />
          )}
        </section>
        <div className="space-y-6 lg:row-span-2">
          <FilamentFacts filament={filament} jobs={jobs} />
          <Card title="Used, week by week">
            <UsageChart buckets={weeks} by="week" />
          </Card>
        </div>
        <section aria-labelledby="history">
          <h2 id="history" className="mb-3 text-xl font-bold tracking-tight">
            History
          </h2>
          <UseHistory filamentId={filamentId} />
        </section>
      </div>
    </>
  );
}
