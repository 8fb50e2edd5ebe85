import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useCurrency } from "../../clients/currency.ts";
import { NEXT_PAGE } from "../../clients/pages.ts";
import { gramsText, moneyText } from "../../texts/amounts.ts";
import { DataList, DataRow } from "../ui/data-list.tsx";
import { MoreButton } from "../ui/more-button.tsx";
import { Time } from "../ui/time.tsx";

type Use = ApiOutputs["filaments"]["history"]["items"][number];

/** How many entries at once; the route's loader asks for the same. */
export function historyInput(filamentId: string) {
  return { id: filamentId, limit: 20 };
}

/** What happened to a filament's spools, newest first. */
export function UseHistory({ filamentId }: { readonly filamentId: string }) {
  const api = useApi();
  const list = useSuspenseInfiniteQuery(
    api.filaments.history.infiniteQueryOptions(historyInput(filamentId), NEXT_PAGE),
  );
  const uses = list.data.pages.flatMap(({ items }) => items);
  if (uses.length === 0) return <p className="text-soft">Nothing was used of it yet.</p>;
  return (
    <>
      <DataList label="History">
        {uses.map((use) => (
          <UseRow key={use.id} use={use} />
        ))}
      </DataList>
      <MoreButton list={list} />
    </>
  );
}

function UseRow({ use }: { readonly use: Use }) {
  const currency = useCurrency();
  return (
    <DataRow
      end={
        <p className="text-right text-sm tabular-nums">
          <span className="block font-semibold">{signed(-use.grams)}</span>
          {use.costCents === 0 ? null : (
            <span className="block text-soft">{moneyText(use.costCents, currency)}</span>
          )}
        </p>
      }
    >
      <p className="font-medium break-words">{whatHappened(use)}</p>
      <p className="text-sm text-soft">
        <Time at={use.at} />
        {use.spoolLabel === "" ? "" : ` · ${use.spoolLabel}`}
      </p>
    </DataRow>
  );
}

function whatHappened({ reason, jobTitle }: Use): string {
  switch (reason) {
    case "printed":
      return jobTitle ?? "Printed";
    case "failed_print":
      return `Failed: ${jobTitle ?? "a print"}`;
    case "weighed":
      return "Weighed";
  }
}

function signed(grams: number): string {
  return grams > 0 ? `+${gramsText(grams)}` : gramsText(grams).replace("-", "−");
}
