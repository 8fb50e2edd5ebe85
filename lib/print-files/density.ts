/** g/cm³, as slicers have them for materials without a maker. @see https://github.com/Ultimaker/fdm_materials */
const DENSITIES: Readonly<Record<string, number>> = {
  PLA: 1.24,
  ABS: 1.1,
  ASA: 1.07,
  PETG: 1.27,
  CPE: 1.27,
  TPU: 1.22,
  PC: 1.19,
  PA: 1.14,
  NYLON: 1.14,
  PP: 0.89,
  PVA: 1.23,
  HIPS: 1.04,
};

const USUAL_DENSITY = 1.24;

export interface Strand {
  readonly meters: number;
  readonly material: string | null;
  readonly diameterMm: number;
  /** g/cm³, where it is known. */
  readonly density?: number | undefined;
}

/** The weight of so much filament: about right, since the density is the material's usual one, PLA's for an unknown one. */
export function estimatedGrams({ meters, material, diameterMm, density }: Strand): number {
  const usual = DENSITIES[(material ?? "").toUpperCase()] ?? USUAL_DENSITY;
  const cubicCentimeters = Math.PI * (diameterMm / 2) ** 2 * meters;
  return cubicCentimeters * (density ?? usual);
}
