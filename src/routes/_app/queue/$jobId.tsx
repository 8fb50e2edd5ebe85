import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, notFound } from "@tanstack/react-router";
import { useState } from "react";
import { useShopChange } from "../../../clients/change.ts";
import { draftOf } from "../../../components/queue/drafts.ts";
import type { QueuedJob } from "../../../components/queue/guesses.ts";
import { JobForm } from "../../../components/queue/job-form.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const Route = createFileRoute("/_app/queue/$jobId")({
  head: () => ({ meta: [{ title: "Change job · FM5" }] }),
  loader: async ({ context: { queryClient, trpc }, params: { jobId } }): Promise<{ job: QueuedJob }> => {
    const [queue] = await Promise.all([
      queryClient.ensureQueryData(trpc.jobs.queue.queryOptions()),
      queryClient.ensureQueryData(trpc.filaments.choices.queryOptions()),
    ]);
    const job = queue.jobs.find(({ id, state }) => id === jobId && state === "queued");
    if (job === undefined) throw notFound();
    return { job };
  },
  component: ChangeJob,
});

function ChangeJob() {
  const { job } = Route.useLoaderData();
  const { trpc } = Route.useRouteContext();
  const navigate = Route.useNavigate();
  const { data: choices } = useSuspenseQuery(trpc.filaments.choices.queryOptions());
  const [draft] = useState(() => draftOf(job));
  const change = useShopChange({
    mutation: trpc.jobs.change.mutationOptions(),
    tellsItself: true,
    done: (_, { title }) => `${title} is changed.`,
    onDone: () => void navigate({ to: "/queue" }),
  });

  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader back={{ to: "/queue", text: "Queue" }} title="Change job" />
      <Card>
        <JobForm
          draft={draft}
          choices={choices}
          action="Change"
          busy={change.isPending}
          error={change.error}
          onSubmit={(values) => change.mutate({ ...values, id: job.id })}
        />
      </Card>
    </div>
  );
}
