import type { GcodeText } from "./comments.ts";
import { estimatedGrams } from "./density.ts";
import { blankFilament } from "./filaments.ts";
import { parseIni } from "./ini.ts";
import type { PrintFilament, PrintMetadata } from "./metadata.ts";
import { number, numberOf, type Settings, text } from "./settings.ts";

const SETTINGS_LINE = ";SETTING_3 ";
const DIAMETER_MM = { usual: 1.75, griffin: 2.85 };
const EXTRUDERS_LIMIT = 16;

/**
 * What Cura writes at the head of G-code, and its own settings at the end. It tells the length of filament, or on
 * Ultimaker's printers (Griffin) the volume, but no weight.
 * @see https://github.com/Ultimaker/CuraEngine/blob/main/src/gcodeExport.cpp `getFileHeader` and
 * https://github.com/Ultimaker/Cura/blob/main/plugins/GCodeWriter/GCodeWriter.py `_serialiseSettings`
 */
export function readCuraGcode(settings: Settings, { head, tail }: GcodeText): Partial<PrintMetadata> {
  const changed = changedSettings([...head, ...tail]);
  const filaments = [...filamentsByLength(settings), ...filamentsByVolume(settings)];
  return {
    printer: text(settings, "TARGET_MACHINE.NAME"),
    printSeconds: number(settings, "TIME") ?? number(settings, "PRINT.TIME"),
    layerHeightMm: number(settings, "Layer height") ?? changed.number("layer_height"),
    ...temperature(
      "nozzleTemperatureC",
      changed.number("material_print_temperature") ?? firstNozzle(settings),
    ),
    ...temperature(
      "bedTemperatureC",
      changed.number("material_bed_temperature") ?? number(settings, "BUILD_PLATE.INITIAL_TEMPERATURE"),
    ),
    filaments,
    remarks:
      filaments.length === 0
        ? []
        : ["Cura tells no weight: grams are computed from the length, with the density of PLA."],
  };
}

/** Left out where it isn't known, since the commands may tell it. */
function temperature(
  name: "nozzleTemperatureC" | "bedTemperatureC",
  value: number | null,
): Partial<PrintMetadata> {
  return value === null ? {} : { [name]: value };
}

/** `;Filament used: 2.73m, 0m`; `0m` for all while Cura hasn't counted. */
function filamentsByLength(settings: Settings): readonly PrintFilament[] {
  const written = settings.get("Filament used");
  if (typeof written !== "string") return [];
  return written
    .split(",", EXTRUDERS_LIMIT)
    .map((part, index) => filament(index + 1, { meters: numberOf(part), diameterMm: DIAMETER_MM.usual }))
    .filter(({ meters }) => meters !== 0);
}

/** `;EXTRUDER_TRAIN.0.MATERIAL.VOLUME_USED:2911`, in mm³. */
function filamentsByVolume(settings: Settings): readonly PrintFilament[] {
  const diameterMm = DIAMETER_MM.griffin;
  return Array.from({ length: EXTRUDERS_LIMIT }, (_, index) => index).flatMap((index) => {
    const volume = number(settings, `EXTRUDER_TRAIN.${index}.MATERIAL.VOLUME_USED`);
    if (volume === null || volume === 0) return [];
    const meters = volume / (Math.PI * (diameterMm / 2) ** 2) / 1000;
    const nozzleTemperatureC = number(settings, `EXTRUDER_TRAIN.${index}.INITIAL_TEMPERATURE`);
    return [{ ...filament(index + 1, { meters, diameterMm }), nozzleTemperatureC }];
  });
}

function filament(
  slot: number,
  strand: { readonly meters: number; readonly diameterMm: number },
): PrintFilament {
  const grams = estimatedGrams({ ...strand, material: null });
  return { ...blankFilament(slot), meters: strand.meters, grams, gramsEstimated: true };
}

function firstNozzle(settings: Settings): number | null {
  return number(settings, "EXTRUDER_TRAIN.0.INITIAL_TEMPERATURE");
}

/** What a person changed in Cura's profile. Values that are formulas, and a text that was cut off, tell nothing. */
function changedSettings(lines: readonly string[]): { readonly number: (name: string) => number | null } {
  const profiles = profileTexts(lines).map((profile) => parseIni(profile).get("values"));
  return {
    number: (name) => {
      const written = profiles.map((values) => values?.get(name)).find((value) => value !== undefined);
      const value = numberOf(written ?? "");
      return Number.isNaN(value) ? null : value;
    },
  };
}

function profileTexts(lines: readonly string[]): readonly string[] {
  const written = lines
    .filter((line) => line.startsWith(SETTINGS_LINE))
    .map((line) => line.slice(SETTINGS_LINE.length))
    .join("");
  try {
    // Cura doubles each backslash of its JSON.
    const json: unknown = JSON.parse(written.replaceAll("\\\\", "\\"));
    const values = typeof json === "object" && json !== null ? Object.values(json) : [];
    return values.flat().filter((value): value is string => typeof value === "string");
  } catch {
    return [];
  }
}
