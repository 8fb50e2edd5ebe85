import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import Boxes from "lucide-react/icons/boxes";
import type { ReactNode } from "react";
import { useApi } from "../../clients/api.ts";
import { NEXT_PAGE } from "../../clients/pages.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { MoreButton } from "../ui/more-button.tsx";
import { ModelCard } from "./model-card.tsx";
import { modelFilter, type ModelSearch } from "./model-search.ts";

interface ModelGridProps {
  readonly search: ModelSearch;
  /** What to do where nothing is yet. */
  readonly addAction: ReactNode;
}

/** Models page by page, those that changed last first. */
export function ModelGrid({ search, addAction }: ModelGridProps) {
  const api = useApi();
  const list = useSuspenseInfiniteQuery(api.models.list.infiniteQueryOptions(modelFilter(search), NEXT_PAGE));
  const models = list.data.pages.flatMap(({ items }) => items);

  if (models.length === 0) return <NoModels search={search} addAction={addAction} />;
  return (
    <>
      <ul aria-label="Models" className="grid grid-cols-2 gap-3 sm:gap-5 md:grid-cols-3 lg:grid-cols-4">
        {models.map((model) => (
          <ModelCard key={model.id} model={model} />
        ))}
      </ul>
      <MoreButton list={list} />
    </>
  );
}

function NoModels({ search, addAction }: ModelGridProps) {
  const isNarrowed = Object.keys(search).length > 0;
  return isNarrowed ? (
    <EmptyState title="No model is like that">Choose other filters, or none.</EmptyState>
  ) : (
    <EmptyState icon={<Boxes />} title="No models yet" action={addAction}>
      A model keeps its pictures and its print files together, version by version, with the settings that its
      slicer wrote into them.
    </EmptyState>
  );
}
