import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { AddModelDialog } from "../../../components/models/add-model-dialog.tsx";
import { ModelFilters } from "../../../components/models/model-filters.tsx";
import { ModelGrid } from "../../../components/models/model-grid.tsx";
import { modelFilter, modelSearch } from "../../../components/models/model-search.ts";
import { Button } from "../../../components/ui/button.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/models/")({
  validateSearch: modelSearch,
  loaderDeps: ({ search }) => search,
  head: () => ({ meta: [{ title: "Models · FM5" }] }),
  loader: async ({ context: { queryClient, trpc }, deps }) => {
    const list = trpc.models.list.infiniteQueryOptions(modelFilter(deps), NEXT_PAGE);
    await Promise.all([
      queryClient.ensureInfiniteQueryData(list),
      queryClient.ensureQueryData(trpc.models.categories.queryOptions()),
    ]);
  },
  component: Models,
});

function Models() {
  const search = Route.useSearch();
  const { trpc } = Route.useRouteContext();
  const { data: categories } = useSuspenseQuery(trpc.models.categories.queryOptions());
  const [adding, setAdding] = useState(false);
  const add = (
    <Button onClick={() => setAdding(true)}>
      <Plus />
      Add model
    </Button>
  );

  return (
    <>
      <PageHeader title="Models" actions={add} />
      <ModelFilters search={search} categories={categories} />
      <ModelGrid search={search} addAction={add} />
      <AddModelDialog open={adding} onOpenChange={setAdding} categories={categories} />
    </>
  );
}
