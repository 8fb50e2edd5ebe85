import type { PrintMetadata } from "./metadata.ts";

/** The commands before the first layer set the temperatures; what comes later may be another filament's. */
const COMMANDS_LOOKED_AT = 2000;

/** @see https://marlinfw.org/docs/gcode/M104.html M109, M140 and M190 take S alike */
const TEMPERATURE = /^\s*M(104|109|140|190)\b[^;]*?\bS(\d{1,4}(?:\.\d{1,3})?)/u;

type Told = Pick<PrintMetadata, "nozzleTemperatureC" | "bedTemperatureC">;

/** The temperatures that a print begins with, whatever slicer it comes from. 0 switches a heater off and is none. */
export function readCommands(lines: readonly string[]): Told {
  const commands = lines.filter((line) => !line.startsWith(";")).slice(0, COMMANDS_LOOKED_AT);
  return {
    nozzleTemperatureC: firstTemperature(commands, ["104", "109"]),
    bedTemperatureC: firstTemperature(commands, ["140", "190"]),
  };
}

/** The highest of the first few, since many printers first heat a little, to level the bed. */
function firstTemperature(commands: readonly string[], codes: readonly string[]): number | null {
  const temperatures = commands.flatMap((command) => {
    const [, code = "", written = ""] = TEMPERATURE.exec(command) ?? [];
    const temperature = Number(written);
    return codes.includes(code) && temperature > 0 ? [temperature] : [];
  });
  return temperatures.length === 0 ? null : Math.max(...temperatures.slice(0, 4));
}
