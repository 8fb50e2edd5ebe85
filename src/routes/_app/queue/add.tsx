import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { orNotFound } from "../../../clients/load.ts";
import { useShopChange } from "../../../clients/change.ts";
import { blankDraft, suggestedDraft } from "../../../components/queue/drafts.ts";
import { JobForm } from "../../../components/queue/job-form.tsx";
import { NoFilamentYet } from "../../../components/queue/no-filament-yet.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

interface AddSearch {
  /** The print file to make a job of. */
  readonly revision?: string;
}

export const Route = createFileRoute("/_app/queue/add")({
  validateSearch: ({ revision }: Readonly<Record<string, unknown>>): AddSearch =>
    typeof revision === "string" ? { revision } : {},
  loaderDeps: ({ search: { revision } }) => ({ revision }),
  head: () => ({ meta: [{ title: "Add job · FM5" }] }),
  loader: async ({ context: { queryClient, trpc }, deps: { revision } }) => {
    const choices = queryClient.ensureQueryData(trpc.filaments.choices.queryOptions());
    if (revision === undefined) {
      await choices;
      return { suggestion: null };
    }
    const suggest = queryClient.fetchQuery(trpc.jobs.suggest.queryOptions({ revisionId: revision }));
    const [suggestion] = await orNotFound(Promise.all([suggest, choices]));
    return { suggestion };
  },
  component: AddJob,
});

function AddJob() {
  const { suggestion } = Route.useLoaderData();
  const { trpc } = Route.useRouteContext();
  const navigate = Route.useNavigate();
  const { data: choices } = useSuspenseQuery(trpc.filaments.choices.queryOptions());
  const [draft] = useState(() => (suggestion === null ? blankDraft() : suggestedDraft(suggestion)));
  const add = useShopChange({
    mutation: trpc.jobs.add.mutationOptions(),
    tellsItself: true,
    done: (_, { title }) => `${title} is in the queue.`,
    onDone: () => void navigate({ to: "/queue" }),
  });

  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader back={{ to: "/queue", text: "Queue" }} title="Add job" />
      {choices.length === 0 ? (
        <NoFilamentYet />
      ) : (
        <Card>
          {suggestion === null ? null : <Remarks remarks={suggestion.remarks} />}
          <JobForm
            draft={draft}
            choices={choices}
            action="Add to the queue"
            busy={add.isPending}
            error={add.error}
            onSubmit={(values) => add.mutate({ ...values, revisionId: suggestion?.revisionId ?? null })}
          />
        </Card>
      )}
    </div>
  );
}

function Remarks({ remarks }: { readonly remarks: readonly string[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul className="mb-5 space-y-1 rounded-lg border-l-4 border-warn bg-sunken px-4 py-3 text-sm">
      {remarks.map((remark) => (
        <li key={remark}>{remark}</li>
      ))}
    </ul>
  );
}
