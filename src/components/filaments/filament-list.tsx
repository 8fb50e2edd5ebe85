import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import Cylinder from "lucide-react/icons/cylinder";
import type { ReactNode } from "react";
import { useApi } from "../../clients/api.ts";
import { NEXT_PAGE } from "../../clients/pages.ts";
import { DataList } from "../ui/data-list.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MoreButton } from "../ui/more-button.tsx";
import { FilamentRow } from "./filament-row.tsx";
import { filamentFilter, type FilamentSearch } from "./filament-search.ts";

interface FilamentListProps {
  readonly search: FilamentSearch;
  /** What to do where nothing is yet. */
  readonly addAction: ReactNode;
}

/** Filaments page by page. */
export function FilamentList({ search, addAction }: FilamentListProps) {
  const api = useApi();
  const list = useSuspenseInfiniteQuery(
    api.filaments.list.infiniteQueryOptions(filamentFilter(search), NEXT_PAGE),
  );
  const filaments = list.data.pages.flatMap(({ items }) => items);

  if (filaments.length === 0) return <NoFilaments search={search} addAction={addAction} />;
  return (
    <>
      <DataList label="Filaments">
        {filaments.map((filament) => (
          <FilamentRow key={filament.id} filament={filament} />
        ))}
      </DataList>
      <MoreButton list={list} />
    </>
  );
}

function NoFilaments({ search, addAction }: FilamentListProps) {
  const isNarrowed = Object.keys(search).length > 0;
  return isNarrowed ? (
    <EmptyState title="No filament is like that">Choose other filters, or none.</EmptyState>
  ) : (
    <EmptyState icon={<Cylinder />} title="Nothing on the shelf yet" action={addAction}>
      Add what you have, spool by spool, and FM5 keeps count of what is left.
    </EmptyState>
  );
}
