import { Link } from "@tanstack/react-router";
import ExternalLink from "lucide-react/icons/external-link";
import type { ReactNode } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { useCurrency } from "../../clients/currency.ts";
import { gramsText, moneyText } from "../../texts/amounts.ts";
import { Card } from "../ui/card.tsx";
import { StockBar } from "./stock-bar.tsx";

type Details = ApiOutputs["filaments"]["get"];

const LINK = "inline-flex min-h-11 items-center gap-1.5 font-medium text-accent underline underline-offset-4";

/** How much there is of a filament, for what, and where more comes from. */
export function FilamentFacts({ filament, jobs }: Pick<Details, "filament" | "jobs">) {
  const currency = useCurrency();
  const { lowStockGrams, reservedGrams, worthCents, purchaseUrl, notes } = filament;
  return (
    <Card title="In stock">
      <StockBar {...filament} />
      <dl className="mt-4 space-y-2">
        <Fact term="For the queue">{gramsText(reservedGrams)}</Fact>
        <Fact term="Low below">{gramsText(lowStockGrams)}</Fact>
        <Fact term="Worth">{moneyText(worthCents, currency)}</Fact>
      </dl>
      {purchaseUrl === null ? null : (
        <a href={purchaseUrl} target="_blank" rel="noreferrer" className={LINK}>
          Where to buy <ExternalLink className="size-4" />
        </a>
      )}
      {notes === "" ? null : <p className="mt-3 break-words whitespace-pre-line text-soft">{notes}</p>}
      <WaitingJobs jobs={jobs} />
    </Card>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-sm text-soft">{term}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function WaitingJobs({ jobs }: Pick<Details, "jobs">) {
  if (jobs.length === 0) return null;
  return (
    <div className="mt-4 border-t border-line pt-4">
      <h3 className="mb-1 text-sm font-semibold">Wanted by</h3>
      <ul>
        {jobs.map(({ id, title, neededGrams }) => (
          <li key={id} className="flex items-center justify-between gap-4">
            <Link to="/queue" className={`${LINK} min-w-0 break-words`}>
              {title}
            </Link>
            <span className="text-sm whitespace-nowrap text-soft tabular-nums">{gramsText(neededGrams)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
