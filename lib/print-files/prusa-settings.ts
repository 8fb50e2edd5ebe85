import { filamentsOf } from "./filaments.ts";
import type { PrintMetadata } from "./metadata.ts";
import { number, type Settings, text } from "./settings.ts";

type Told = Pick<PrintMetadata, "printer" | "layerHeightMm" | "filaments" | "bedTemperatureC">;

/**
 * What PrusaSlicer's and SuperSlicer's settings tell: comments, in projects as in G-code.
 * @see https://github.com/prusa3d/PrusaSlicer/blob/master/src/libslic3r/PrintConfig.cpp
 */
export function toldByPrusaSettings(settings: Settings): Told {
  const filaments = filamentsOf(settings, {
    material: "filament_type",
    color: "filament_colour",
    temperature: "temperature",
  });
  const extruderColors = filamentsOf(settings, {
    material: "filament_type",
    color: "extruder_colour",
    temperature: "temperature",
  });
  return {
    printer: text(settings, "printer_model") ?? text(settings, "printer_settings_id"),
    layerHeightMm: number(settings, "layer_height"),
    bedTemperatureC: number(settings, "bed_temperature") ?? number(settings, "first_layer_bed_temperature"),
    filaments: filaments.map((filament, index) => ({
      ...filament,
      colorHex: filament.colorHex ?? extruderColors[index]?.colorHex ?? null,
    })),
  };
}
