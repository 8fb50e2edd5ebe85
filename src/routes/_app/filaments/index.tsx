import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import Plus from "lucide-react/icons/plus";
import ShoppingCart from "lucide-react/icons/shopping-cart";
import { useState } from "react";
import { NEXT_PAGE } from "../../../clients/pages.ts";
import { AddFilamentDialog } from "../../../components/filaments/add-filament-dialog.tsx";
import { FilamentFilters } from "../../../components/filaments/filament-filters.tsx";
import { FilamentList } from "../../../components/filaments/filament-list.tsx";
import { filamentFilter, filamentSearch } from "../../../components/filaments/filament-search.ts";
import { Button, SECONDARY } from "../../../components/ui/button.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/filaments/")({
  validateSearch: filamentSearch,
  loaderDeps: ({ search }) => search,
  head: () => ({ meta: [{ title: "Filaments · FM5" }] }),
  loader: async ({ context: { queryClient, trpc }, deps }) => {
    const list = trpc.filaments.list.infiniteQueryOptions(filamentFilter(deps), NEXT_PAGE);
    await Promise.all([
      queryClient.ensureInfiniteQueryData(list),
      queryClient.ensureQueryData(trpc.filaments.names.queryOptions()),
    ]);
  },
  component: Filaments,
});

function Filaments() {
  const search = Route.useSearch();
  const { trpc } = Route.useRouteContext();
  const { data: names } = useSuspenseQuery(trpc.filaments.names.queryOptions());
  const [adding, setAdding] = useState(false);
  const add = (
    <Button onClick={() => setAdding(true)}>
      <Plus />
      Add filament
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Filaments"
        actions={
          <>
            <Link to="/shopping" className={SECONDARY}>
              <ShoppingCart />
              Shopping list
            </Link>
            {add}
          </>
        }
      />
      <FilamentFilters search={search} materials={names.materials} />
      <FilamentList search={search} addAction={add} />
      <AddFilamentDialog open={adding} onOpenChange={setAdding} names={names} />
    </>
  );
}
