import { filamentsOf } from "./filaments.ts";
import type { PrintMetadata } from "./metadata.ts";
import { number, numbers, type Settings, text } from "./settings.ts";

/**
 * The setting that holds the bed's temperatures, by the plate that is chosen.
 * @see https://github.com/bambulab/BambuStudio/blob/master/src/libslic3r/PrintConfig.hpp `get_bed_temp_key`
 */
const BED_TEMPERATURES: Readonly<Record<string, string>> = {
  "Cool Plate": "cool_plate_temp",
  "Engineering Plate": "eng_plate_temp",
  "High Temp Plate": "hot_plate_temp",
  "Textured PEI Plate": "textured_plate_temp",
  "Textured Cool Plate": "textured_cool_plate_temp",
  "Supertack Plate": "supertack_plate_temp",
};

type Told = Pick<PrintMetadata, "printer" | "layerHeightMm" | "filaments" | "bedTemperatureC">;

/** What Bambu Studio's and Orca's settings tell; they are the same in projects (JSON) and in G-code (comments). */
export function toldByBambuSettings(settings: Settings): Told {
  const filaments = filamentsOf(settings, {
    material: "filament_type",
    color: "filament_colour",
    temperature: "nozzle_temperature",
  });
  return {
    printer: text(settings, "printer_model") ?? text(settings, "printer_settings_id"),
    layerHeightMm: number(settings, "layer_height"),
    bedTemperatureC: bedTemperature(settings),
    filaments,
  };
}

function bedTemperature(settings: Settings): number | null {
  const plate = text(settings, "curr_bed_type") ?? "";
  const name = BED_TEMPERATURES[plate] ?? "hot_plate_temp";
  return numbers(settings, name)[0] ?? null;
}
