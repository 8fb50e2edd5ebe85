import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { useCurrency } from "../../clients/currency.ts";
import { countText, durationText, gramsText, moneyText } from "../../texts/amounts.ts";

export type Summary = ApiOutputs["dashboard"]["summary"];

/** The shop in three figures, each of which leads to what it counts. */
export function Figures({ summary }: { readonly summary: Summary }) {
  const { stock, queue, lowStockCount } = summary;
  const currency = useCurrency();
  const money = (cents: number) => (cents === 0 ? "" : `about ${moneyText(cents, currency)}`);
  return (
    <dl className="grid gap-4 sm:grid-cols-3">
      <Figure
        to="/filaments"
        name="In stock"
        value={gramsText(stock.grams)}
        facts={[
          `${countText(stock.spools, "spool")} of ${countText(stock.filaments, "filament")}`,
          money(stock.worthCents),
        ]}
      />
      <Figure
        to="/queue"
        name="Waiting"
        value={countText(queue.waiting, "job")}
        facts={[
          queue.infeasible === 0 ? "" : `${queue.infeasible} of them without enough filament`,
          queue.printSeconds === 0 ? "" : durationText(queue.printSeconds),
          money(queue.costCents),
        ]}
      />
      <Figure
        to="/shopping"
        name="Running low"
        value={countText(lowStockCount, "filament")}
        facts={[lowStockCount === 0 ? "Nothing is below its threshold" : "On the shopping list"]}
      />
    </dl>
  );
}

interface FigureProps {
  readonly to: "/filaments" | "/queue" | "/shopping";
  readonly name: string;
  readonly value: string;
  readonly facts: readonly string[];
}

function Figure({ to, name, value, facts }: FigureProps): ReactNode {
  return (
    <div className="relative rounded-xl border border-line bg-paper p-5 shadow-xs">
      <dt className="text-sm font-medium text-soft">
        {/* The whole tile can be pressed. */}
        <Link to={to} className="after:absolute after:inset-0 after:rounded-xl hover:text-accent">
          {name}
        </Link>
      </dt>
      <dd className="mt-1 text-2xl font-bold tracking-tight tabular-nums">{value}</dd>
      <dd className="mt-1 text-sm text-soft">{facts.filter(Boolean).join(" · ")}</dd>
    </div>
  );
}
