import { blankFilament } from "./filaments.ts";
import { FILAMENTS_LIMIT, type PrintFilament, type PrintMetadata } from "./metadata.ts";

/** What a printer can do, or a person would print; what lies outside was never true. */
const RANGES = {
  layerHeightMm: { name: "layer height", from: 0.001, to: 20, decimals: 4 },
  nozzleTemperatureC: { name: "nozzle temperature", from: 0, to: 600, decimals: 1 },
  bedTemperatureC: { name: "bed temperature", from: 0, to: 300, decimals: 1 },
  printSeconds: { name: "print time", from: 0, to: 100 * 24 * 3600, decimals: 0 },
  grams: { name: "filament weight", from: 0, to: 100_000, decimals: 2 },
  meters: { name: "filament length", from: 0, to: 40_000, decimals: 3 },
  sizeMm: { name: "size", from: 0, to: 1e9, decimals: 3 },
} as const;

type Quantity = keyof typeof RANGES;

const TEXT_LIMIT = 200;
const REMARK_LIMIT = 300;
const REMARKS_LIMIT = 10;

/**
 * What was read, without what can't be: numbers that no print has become unknown, and a remark names them. Texts lose
 * control characters and what is beyond their limit. Pure; the result always fits the schema.
 */
export function settle(read: PrintMetadata): PrintMetadata {
  const leftOut = new Set<string>();
  const keep = (quantity: Quantity, value: number | null): number | null => {
    const { name, from, to, decimals } = RANGES[quantity];
    if (value === null) return null;
    if (value >= from && value <= to) return Number(value.toFixed(decimals));
    leftOut.add(name);
    return null;
  };

  const settled = {
    ...read,
    slicer: slicerOf(read.slicer),
    printer: plainText(read.printer),
    layerHeightMm: keep("layerHeightMm", read.layerHeightMm),
    nozzleTemperatureC: keep("nozzleTemperatureC", read.nozzleTemperatureC),
    bedTemperatureC: keep("bedTemperatureC", read.bedTemperatureC),
    printSeconds: keep("printSeconds", read.printSeconds),
    plates: Math.min(Math.max(Math.trunc(read.plates) || 1, 1), 1000),
    filaments: filamentsWithin(read.filaments).map((filament) => ({
      ...blankFilament(filament.slot),
      ...filament,
      material: plainText(filament.material),
      nozzleTemperatureC: keep("nozzleTemperatureC", filament.nozzleTemperatureC),
      grams: keep("grams", filament.grams),
      meters: keep("meters", filament.meters),
    })),
    mesh: read.mesh === null ? null : { ...read.mesh, sizeMm: sizeOf(read.mesh.sizeMm, keep) },
    thumbnail: plainText(read.thumbnail),
  };
  return { ...settled, remarks: remarksOf(read.remarks, leftOut) };
}

type Size = NonNullable<PrintMetadata["mesh"]>["sizeMm"];

function sizeOf(size: Size, keep: (quantity: Quantity, value: number) => number | null): Size {
  return { x: keep("sizeMm", size.x) ?? 0, y: keep("sizeMm", size.y) ?? 0, z: keep("sizeMm", size.z) ?? 0 };
}

/** One for each slot, by slot. */
function filamentsWithin(filaments: readonly PrintFilament[]): readonly PrintFilament[] {
  const within = filaments.filter(
    ({ slot }) => Number.isSafeInteger(slot) && slot >= 1 && slot <= FILAMENTS_LIMIT,
  );
  const bySlot = new Map(within.map((filament) => [filament.slot, filament]));
  return [...bySlot.values()].sort((a, b) => a.slot - b.slot);
}

function slicerOf(slicer: PrintMetadata["slicer"]): PrintMetadata["slicer"] {
  const name = plainText(slicer?.name ?? null);
  return name === null ? null : { name, version: plainText(slicer?.version ?? null) };
}

function plainText(text: string | null): string | null {
  const plain = (text ?? "")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .toWellFormed()
    .trim();
  return plain.slice(0, TEXT_LIMIT).toWellFormed() || null;
}

function remarksOf(remarks: readonly string[], leftOut: ReadonlySet<string>): string[] {
  const all =
    leftOut.size === 0 ? remarks : [...remarks, `Left out, because it can’t be: ${[...leftOut].join(", ")}.`];
  return all.slice(-REMARKS_LIMIT).map((remark) => remark.slice(0, REMARK_LIMIT));
}
