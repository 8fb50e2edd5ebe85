import { usedFilaments } from "./filaments.ts";
import type { PrintMetadata } from "./metadata.ts";
import { toldByPrusaSettings } from "./prusa-settings.ts";
import { number, numbers, secondsOf, type Settings, text } from "./settings.ts";

/** Written when slicing is over; a file that lacks it may have lost its end. */
const WRITTEN_LAST = ["filament used [mm]", "estimated printing time (normal mode)"];

/**
 * What PrusaSlicer and SuperSlicer write at the end of G-code, and Orca too: use per extruder, time, and the settings.
 * @see https://github.com/prusa3d/PrusaSlicer/blob/master/src/libslic3r/GCode/GCodeProcessor.cpp `update_lines_numbers`
 * and https://github.com/prusa3d/PrusaSlicer/blob/master/src/libslic3r/GCode.cpp `append_full_config`
 */
export function readPrusaGcode(settings: Settings, slicer: PrintMetadata["slicer"]): Partial<PrintMetadata> {
  const told = toldByPrusaSettings(settings);
  const filaments = usedFilaments(usesOf(settings), told.filaments);
  return {
    ...told,
    ...toldByFooter(settings),
    nozzleTemperatureC:
      filaments[0]?.nozzleTemperatureC ??
      number(settings, "temperature") ??
      number(settings, "first_layer_temperature"),
    filaments,
    remarks: remarksOf(settings, slicer),
  };
}

/** Time, which Orca writes in the same words. */
export function toldByFooter(settings: Settings): Pick<PrintMetadata, "printSeconds"> {
  const time = text(settings, "estimated printing time (normal mode)");
  return { printSeconds: time === null ? null : secondsOf(time) };
}

/** Per extruder, in order. Grams are missing where no density was set. */
export function usesOf(settings: Settings) {
  const grams = numbers(settings, "filament used [g]");
  const millimeters = numbers(settings, "filament used [mm]");
  return Array.from({ length: Math.max(grams.length, millimeters.length) }, (_, index) => ({
    slot: index + 1,
    grams: grams[index] ?? null,
    meters: millimeters[index] === undefined ? null : millimeters[index] / 1000,
  }));
}

function remarksOf(settings: Settings, slicer: PrintMetadata["slicer"]): readonly string[] {
  if (slicer === null)
    return WRITTEN_LAST.some((name) => settings.has(name))
      ? []
      : ["No slicer that FM5 knows wrote its comments here: only temperatures are known."];
  return WRITTEN_LAST.every((name) => settings.has(name))
    ? []
    : [
        "What the slicer writes at the end is missing: the file may be cut short. Please check it before you print.",
      ];
}
