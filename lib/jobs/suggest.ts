import { colorDistance } from "../filaments/color.ts";

/** A filament that could be printed with. */
export interface Candidate {
  readonly id: string;
  readonly material: string;
  readonly colorHex: string;
  readonly stockGrams: number;
}

/** What a print file asks for in one of its slots. */
export interface Slot {
  readonly material: string | null;
  readonly colorHex: string | null;
}

/**
 * The filament for a slot: of its material, the nearest in colour, and of equals the one that there is most of. Null where nothing
 * of that material is known; a slot that names none takes any.
 */
export function suggestFilament(
  { material, colorHex }: Slot,
  candidates: readonly Candidate[],
): string | null {
  const [best] = candidates
    .filter((candidate) => material === null || materialOf(candidate.material) === materialOf(material))
    .map((candidate) => ({ candidate, misfit: misfitOf(candidate, { material, colorHex }) }))
    .toSorted((a, b) => a.misfit - b.misfit || b.candidate.stockGrams - a.candidate.stockGrams);
  return best?.candidate.id ?? null;
}

/** Slicers write "PLA Basic", "PLA+" or "Generic PLA" for what is bought as PLA; PLA-CF and PA6 are other things. */
function materialOf(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/\b(?:GENERIC|BASIC|MATTE|SILK|TOUGH|PRO|PLUS|HF|HS)\b|\+/gu, " ")
    .replaceAll(/[\s_]+/gu, " ")
    .trim();
}

/** Differences in colour count first; PLA is better than PLA Silk where PLA is asked for, if both are about the same. */
function misfitOf({ material, colorHex }: Candidate, slot: Slot): number {
  const color = slot.colorHex === null ? 0 : colorDistance(colorHex, slot.colorHex);
  const isOtherwiseCalled = slot.material !== null && slot.material.toUpperCase() !== material.toUpperCase();
  return color + (isOtherwiseCalled ? 0.02 : 0);
}
