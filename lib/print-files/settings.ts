/** A slicer's settings by name: a list where its format has lists, otherwise as it is written. */
export type Settings = ReadonlyMap<string, string | readonly string[]>;

/** Values per filament or per extruder; in text they are parted by `;`, and quoted where they hold one. */
export function texts(settings: Settings, name: string): readonly string[] {
  const value = settings.get(name) ?? [];
  return typeof value === "string" ? partsOf(value) : value;
}

/** NaN for what is no number. In text they are parted by `,`. */
export function numbers(settings: Settings, name: string): readonly number[] {
  const value = settings.get(name) ?? [];
  const parts = typeof value === "string" ? value.split(/[,;]/u) : value;
  return parts.map(numberOf);
}

/** The first value; null when there is none, or an empty one. */
export function text(settings: Settings, name: string): string | null {
  return texts(settings, name)[0] || null;
}

export function number(settings: Settings, name: string): number | null {
  return numbers(settings, name)[0] ?? null;
}

/** The number at the beginning of a text, whatever unit follows: NaN for none. */
export function numberOf(written: string): number {
  return Number(/^\s*[-+]?[\d.]{1,30}(?:e[-+]?\d{1,3})?/iu.exec(written)?.[0] || Number.NaN);
}

/**
 * Seconds of a time as slicers write it: "1d 2h 3m 4s". NaN when it isn't one.
 * @see https://github.com/prusa3d/PrusaSlicer/blob/master/src/libslic3r/Utils.hpp `get_time_dhms`
 */
export function secondsOf(written: string): number {
  const match =
    /^\s*(?:(\d{1,6})d)?\s*(?:(\d{1,9})h)?\s*(?:(\d{1,9})m)?\s*(?:(\d{1,9})(?:\.\d{1,9})?s)?\s*$/u.exec(
      written,
    );
  const [days, hours, minutes, seconds] = (match?.slice(1) ?? []).map((part) => Number(part ?? 0));
  if (match === null || written.trim() === "") return Number.NaN;
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

function partsOf(written: string): readonly string[] {
  const parts = written.match(/"(?:[^"\\]|\\.)*"|[^;]+/gu) ?? [];
  return parts.map((part) => part.trim().replaceAll(/^"|"$/gu, ""));
}
