import { Link } from "@tanstack/react-router";
import { gramsText } from "../../texts/amounts.ts";
import { FilamentTitle } from "../filaments/filament-title.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { DataList, DataRow } from "../ui/data-list.tsx";
import type { Summary } from "./figures.tsx";

/** Filaments that are below their thresholds, the emptiest first. */
export function LowStock({ filaments }: { readonly filaments: Summary["lowStock"] }) {
  return (
    <DataList label="Running low">
      {filaments.map((filament) => (
        <DataRow
          key={filament.id}
          start={<ColorSwatch hex={filament.colorHex} size="large" />}
          end={
            <p className="text-sm text-soft tabular-nums">
              <span className="font-semibold text-ink">{gramsText(filament.stockGrams)}</span> left, low below{" "}
              {gramsText(filament.lowStockGrams)}
            </p>
          }
        >
          <Link
            to="/filaments/$filamentId"
            params={{ filamentId: filament.id }}
            className="block min-h-11 rounded-md hover:text-accent"
          >
            <FilamentTitle filament={filament} />
          </Link>
        </DataRow>
      ))}
    </DataList>
  );
}
