import RotateCcw from "lucide-react/icons/rotate-ccw";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { useCurrency } from "../../clients/currency.ts";
import { gramsText, moneyText } from "../../texts/amounts.ts";
import { titleOf } from "../filaments/filament-title.tsx";
import { Badge, type Tone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { DataRow } from "../ui/data-list.tsx";
import { Time } from "../ui/time.tsx";

type EndedJob = ApiOutputs["jobs"]["history"]["items"][number];

const STATES: Readonly<Record<EndedJob["state"], { readonly text: string; readonly tone: Tone }>> = {
  completed: { text: "Printed", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  cancelled: { text: "Cancelled", tone: "neutral" },
};

/** A job that is over, with what it took and cost. */
export function EndedJobRow({ job }: { readonly job: EndedJob }) {
  const currency = useCurrency();
  const { text, tone } = STATES[job.state];
  return (
    <DataRow end={<AgainButton job={job} />}>
      <h2 className="flex flex-wrap items-center gap-2 font-semibold break-words">
        {job.title}
        {job.copies > 1 ? <Badge>{job.copies} copies</Badge> : null}
        <Badge tone={tone}>{text}</Badge>
      </h2>
      <p className="text-sm text-soft">
        <Time at={job.endedAt} />
        {job.costCents === 0 ? "" : ` · ${moneyText(job.costCents, currency)}`}
        {job.failure ? ` · ${job.failure}` : ""}
      </p>
      <Used job={job} />
    </DataRow>
  );
}

function Used({ job }: { readonly job: EndedJob }) {
  if (job.state === "cancelled") return null;
  return (
    <ul className="mt-1 space-y-1 text-sm">
      {job.needs.map(({ filament, neededGrams, usedGrams }) => (
        <li key={filament.id} className="flex items-center gap-2">
          <ColorSwatch hex={filament.colorHex} />
          <span className="min-w-0 break-words">
            {titleOf(filament)}: <span className="font-medium">{gramsText(usedGrams ?? 0)}</span>
            {usedGrams === neededGrams ? "" : ` of ${gramsText(neededGrams)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function AgainButton({ job }: { readonly job: EndedJob }) {
  const api = useApi();
  const again = useShopChange({
    mutation: api.jobs.again.mutationOptions(),
    done: () => `${job.title} is in the queue again.`,
  });
  return (
    <Button
      look="secondary"
      busy={again.isPending}
      aria-label={`Print ${job.title} again`}
      onClick={() => again.mutate({ id: job.id })}
    >
      <RotateCcw />
      Again
    </Button>
  );
}
