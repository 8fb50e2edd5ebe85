import type { PrintFilament } from "./metadata.ts";
import { numbers, type Settings, texts } from "./settings.ts";

/** What a print takes of one filament. */
export interface FilamentUse {
  readonly slot: number;
  readonly grams: number | null;
  readonly meters: number | null;
}

/** As slicers name settings: Bambu Studio and Orca differ from PrusaSlicer and SuperSlicer. */
export interface FilamentNames {
  readonly material: string;
  readonly color: string;
  readonly temperature: string;
}

/** A filament of which only the slot is known. */
export function blankFilament(slot: number): PrintFilament {
  return {
    slot,
    material: null,
    colorHex: null,
    nozzleTemperatureC: null,
    grams: null,
    gramsEstimated: false,
    meters: null,
  };
}

/** Every filament of a slicer's settings, whether it is used or not; nothing is known of its use. */
export function filamentsOf(settings: Settings, names: FilamentNames): readonly PrintFilament[] {
  const materials = texts(settings, names.material);
  const colors = texts(settings, names.color);
  const temperatures = numbers(settings, names.temperature);
  const count = Math.max(materials.length, colors.length);
  return Array.from({ length: count }, (_, index) => ({
    ...blankFilament(index + 1),
    material: materials[index] || null,
    colorHex: colorHex(colors[index]),
    nozzleTemperatureC: temperatures[index] ?? null,
  }));
}

/** The filaments that a print uses, with what is known of them otherwise. Those of which nothing is used are left out. */
export function usedFilaments(
  uses: readonly FilamentUse[],
  known: readonly PrintFilament[],
): readonly PrintFilament[] {
  return uses
    .filter(({ grams, meters }) => (grams ?? meters) !== 0)
    .map((use) => ({ ...(known.find(({ slot }) => slot === use.slot) ?? blankFilament(use.slot)), ...use }));
}

/** #rrggbb of `#RRGGBB` or `#RRGGBBAA`; null for anything else. */
export function colorHex(written: string | undefined): string | null {
  const match = /^\s*#?([\da-f]{6})(?:[\da-f]{2})?\s*$/iu.exec(written ?? "");
  return match?.[1] === undefined ? null : `#${match[1].toLowerCase()}`;
}
