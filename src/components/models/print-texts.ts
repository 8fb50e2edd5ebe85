import type { PrintFilament, PrintMetadata } from "../../../lib/print-files/metadata.ts";
import { countText, durationText, gramsText } from "../../texts/amounts.ts";

type Fact = readonly [term: string, value: string];

const FORMATS: Readonly<Record<PrintMetadata["format"], string>> = {
  "3mf": "3MF project",
  "gcode.3mf": "Sliced 3MF",
  gcode: "G-code",
  stl: "STL mesh",
};

/** What is known of a print, in words: how long it takes and how much it uses first. */
export function factsOf(metadata: PrintMetadata): readonly Fact[] {
  const { format, printer, layerHeightMm, nozzleTemperatureC, bedTemperatureC, printSeconds } = metadata;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Time", told(printSeconds, durationText)],
    ["Filament", totalOf(metadata.filaments)],
    ["Layer height", told(layerHeightMm, (mm) => `${rounded(mm)} mm`)],
    ["Nozzle", told(nozzleTemperatureC, degrees)],
    ["Bed", told(bedTemperatureC, degrees)],
    ["Plates", metadata.plates > 1 ? String(metadata.plates) : null],
    ["Printer", printer],
    ["Slicer", slicerText(metadata.slicer)],
    ...meshFacts(metadata.mesh),
    ["Format", FORMATS[format]],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== null);
}

/** "2: PETG, #ff8800" */
export function filamentName({ slot, material, colorHex }: PrintFilament): string {
  const known = [material, colorHex].filter((text) => text !== null);
  return known.length === 0 ? `Slot ${slot}` : `${slot}: ${known.join(", ")}`;
}

/** "12.5 g · 4.19 m"; estimates say so. */
export function amountOf({ grams, gramsEstimated, meters }: PrintFilament): string {
  const weight = told(grams, (value) => `${gramsEstimated ? "about " : ""}${gramsText(value)}`);
  return [weight, told(meters, (value) => `${rounded(value)} m`)].filter(Boolean).join(" · ");
}

function totalOf(filaments: readonly PrintFilament[]): string | null {
  const weighed = filaments.filter(({ grams }) => grams !== null);
  if (weighed.length === 0) return null;
  const grams = weighed.reduce((sum, filament) => sum + (filament.grams ?? 0), 0);
  const isEstimated = weighed.some(({ gramsEstimated }) => gramsEstimated);
  return `${isEstimated ? "about " : ""}${gramsText(rounded(grams))}`;
}

function slicerText(slicer: PrintMetadata["slicer"]): string | null {
  return slicer === null ? null : [slicer.name, slicer.version].filter(Boolean).join(" ");
}

function meshFacts(mesh: PrintMetadata["mesh"]): readonly Fact[] {
  if (mesh === null) return [];
  const { x, y, z } = mesh.sizeMm;
  return [
    ["Size", `${[x, y, z].map((side) => Math.round(side * 10) / 10).join(" × ")} mm`],
    ["Mesh", countText(mesh.triangles, "triangle")],
  ];
}

function told<T>(value: T | null, words: (value: T) => string): string | null {
  return value === null ? null : words(value);
}

function degrees(celsius: number): string {
  return `${rounded(celsius)} °C`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
