import type { PrintFilament, PrintMetadata } from "../../../lib/print-files/metadata.ts";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { amountOf, filamentName } from "./print-texts.ts";

/** Which filaments a print uses, slot by slot, and how much of each. */
export function FilamentUses({ metadata: { filaments } }: { readonly metadata: PrintMetadata }) {
  if (filaments.length === 0) return null;
  return (
    <ul
      aria-label="Filament by colour"
      className="divide-y divide-line rounded-lg border border-line text-sm tabular-nums"
    >
      {filaments.map((filament) => (
        <FilamentUse key={filament.slot} filament={filament} />
      ))}
    </ul>
  );
}

function FilamentUse({ filament }: { readonly filament: PrintFilament }) {
  return (
    <li className="flex items-center gap-3 px-3 py-2">
      {filament.colorHex === null ? null : <ColorSwatch hex={filament.colorHex} />}
      <span className="min-w-0 flex-1 break-words">{filamentName(filament)}</span>
      <span className="text-right font-medium">{amountOf(filament)}</span>
    </li>
  );
}
