import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import Search from "lucide-react/icons/search";
import { useRef } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { countFindings, FindingsList } from "../../components/search/findings.tsx";
import { SearchInput } from "../../components/search/search-input.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { PageHeader } from "../../components/ui/page-header.tsx";

interface SearchedFor {
  readonly q?: string;
}

const LIMIT = 20;

export const Route = createFileRoute("/_app/search")({
  validateSearch: ({ q }: Readonly<Record<string, unknown>>): SearchedFor => {
    // The router reads a number where somebody looks for one.
    const text = typeof q === "string" || typeof q === "number" ? String(q).slice(0, 200) : "";
    return text === "" ? {} : { q: text };
  },
  loaderDeps: ({ search: { q = "" } }) => ({ query: q, limit: LIMIT }),
  head: () => ({ meta: [{ title: "Search · FM5" }] }),
  loader: ({ context: { queryClient, trpc }, deps }) =>
    queryClient.ensureQueryData(trpc.search.find.queryOptions(deps)).then(() => undefined),
  component: SearchPage,
});

function SearchPage() {
  const { q = "" } = Route.useSearch();
  const { trpc } = Route.useRouteContext();
  const { data } = useSuspenseQuery(trpc.search.find.queryOptions({ query: q, limit: LIMIT }));
  const found = useRef<HTMLDivElement>(null);
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader title="Search" />
      <SearchInput q={q} onDown={() => found.current?.querySelector("a")?.focus()} />
      <p aria-live="polite" className="my-4 text-sm text-soft">
        {q === "" ? "" : foundText(data)}
      </p>
      <div ref={found}>
        {countFindings(data) === 0 ? <NothingFound q={q} /> : <FindingsList findings={data} />}
      </div>
    </div>
  );
}

function NothingFound({ q }: { readonly q: string }) {
  if (q === "") return <EmptyState icon={<Search />} title="Models, variants and filaments, all at once" />;
  return (
    <EmptyState title={`Nothing has “${q}” in it`}>
      Every word has to be in it. Try fewer, or only the beginning of one.
    </EmptyState>
  );
}

function foundText(findings: ApiOutputs["search"]["find"]): string {
  const count = countFindings(findings);
  const isCut = Object.values(findings).some((kind) => kind.length === LIMIT);
  return `${count}${isCut ? " or more" : ""} found`;
}
