import type { ReactNode } from "react";
import { useCurrency } from "../../clients/currency.ts";
import { durationText, moneyText } from "../../texts/amounts.ts";
import { Badge } from "../ui/badge.tsx";
import { Time } from "../ui/time.tsx";
import { isRunning, type QueuedJob } from "./guesses.ts";
import { NeedList } from "./need-list.tsx";

interface JobRowProps {
  readonly job: QueuedJob;
  readonly actions: ReactNode;
}

/** A job that waits or runs, with what it needs. */
export function JobRow({ job, actions }: JobRowProps) {
  return (
    <li className="flex flex-col gap-3 px-4 py-4 sm:flex-row sm:items-start sm:px-5">
      <div className="min-w-0 flex-1">
        <h3 className="flex flex-wrap items-center gap-2 font-semibold break-words">
          {job.title}
          {job.copies > 1 ? <Badge>{job.copies} copies</Badge> : null}
          <StateBadge job={job} />
        </h3>
        <p className="text-sm text-soft">
          {job.startedAt === null ? null : (
            <>
              since <Time at={job.startedAt} />
              {" · "}
            </>
          )}
          <JobFacts job={job} />
        </p>
        <NeedList needs={job.needs} />
        {job.notes === "" ? null : <p className="mt-2 text-sm whitespace-pre-line text-soft">{job.notes}</p>}
      </div>
      <div className="flex flex-wrap items-center gap-1 sm:justify-end">{actions}</div>
    </li>
  );
}

function StateBadge({ job }: { readonly job: QueuedJob }) {
  if (isRunning(job)) return <Badge tone="accent">Printing</Badge>;
  return job.feasible ? <Badge tone="good">Enough filament</Badge> : <Badge tone="bad">Lacks filament</Badge>;
}

function JobFacts({ job }: { readonly job: QueuedJob }) {
  const currency = useCurrency();
  const { printSeconds, copies, costCents } = job;
  const facts = [
    printSeconds === null ? "" : durationText(printSeconds * copies),
    costCents === 0 ? "" : `about ${moneyText(costCents, currency)}`,
  ];
  return facts.filter(Boolean).join(" · ");
}
