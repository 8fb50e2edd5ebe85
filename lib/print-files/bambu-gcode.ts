import { toldByBambuSettings } from "./bambu-settings.ts";
import { type FilamentUse, usedFilaments } from "./filaments.ts";
import type { PrintMetadata } from "./metadata.ts";
import { toldByFooter, usesOf } from "./prusa-gcode.ts";
import { number, numbers, secondsOf, type Settings, text } from "./settings.ts";

/**
 * What Bambu Studio writes at the head of G-code, and Orca at its end: time, use, and the settings as comments.
 * @see https://github.com/bambulab/BambuStudio/blob/master/src/libslic3r/GCode/GCodeProcessor.cpp and
 * https://github.com/SoftFever/OrcaSlicer/blob/main/src/libslic3r/GCode.cpp `HEADER_BLOCK_START`
 */
export function readBambuGcode(settings: Settings): Partial<PrintMetadata> {
  const told = toldByBambuSettings(settings);
  const inHead = usesInHead(settings);
  const filaments = usedFilaments(inHead.length > 0 ? inHead : usesOf(settings), told.filaments);
  return {
    ...told,
    printSeconds: secondsInHead(settings) ?? toldByFooter(settings).printSeconds,
    nozzleTemperatureC: filaments[0]?.nozzleTemperatureC ?? number(settings, "nozzle_temperature"),
    filaments,
  };
}

function secondsInHead(settings: Settings): number | null {
  const time = text(settings, "total estimated time") ?? text(settings, "model printing time");
  return time === null ? null : secondsOf(time);
}

/** Only the filaments that are used; `; filament: 1,3` tells which those are. */
function usesInHead(settings: Settings): readonly FilamentUse[] {
  const grams = numbers(settings, "total filament weight [g]");
  const millimeters = numbers(settings, "total filament length [mm]");
  const slots = numbers(settings, "filament");
  return grams.map((weight, index) => ({
    slot: slots.length === grams.length ? (slots[index] ?? index + 1) : index + 1,
    grams: weight,
    meters: millimeters[index] === undefined ? null : millimeters[index] / 1000,
  }));
}
