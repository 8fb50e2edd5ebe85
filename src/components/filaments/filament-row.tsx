import { Link } from "@tanstack/react-router";
import type { ApiOutputs } from "../../clients/api.ts";
import { countText, gramsText } from "../../texts/amounts.ts";
import { Badge } from "../ui/badge.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { DataRow } from "../ui/data-list.tsx";
import { FilamentTitle } from "./filament-title.tsx";
import { StockBar } from "./stock-bar.tsx";

export type ListedFilament = ApiOutputs["filaments"]["list"]["items"][number];

/** A filament in a list, with what there is of it. */
export function FilamentRow({ filament }: { readonly filament: ListedFilament }) {
  const { id, spools, reservedGrams } = filament;
  return (
    <DataRow start={<ColorSwatch hex={filament.colorHex} size="large" />}>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-40">
          <Link
            to="/filaments/$filamentId"
            params={{ filamentId: id }}
            className="block min-h-11 rounded-md hover:text-accent"
          >
            <FilamentTitle filament={filament} />
          </Link>
          <StockBadge filament={filament} />
        </div>
        <div className="w-full sm:w-64">
          <StockBar {...filament} />
          <p className="mt-1 text-sm text-soft">
            {countText(spools, "spool")}
            {reservedGrams > 0 ? ` · ${gramsText(reservedGrams)} for the queue` : ""}
          </p>
        </div>
      </div>
    </DataRow>
  );
}

function StockBadge({ filament }: { readonly filament: ListedFilament }) {
  const { stockGrams, lowStockGrams, archivedAt } = filament;
  if (archivedAt !== null) return <Badge>Put away</Badge>;
  if (stockGrams === 0) return <Badge tone="bad">Empty</Badge>;
  return stockGrams < lowStockGrams ? <Badge tone="warn">Low</Badge> : null;
}
