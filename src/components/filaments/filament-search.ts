/** In the order in which a shop shows them; lib/filaments/color.ts decides which colour is which. */
export const COLORS = [
  "black",
  "grey",
  "white",
  "brown",
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "pink",
] as const;

/** What the list of filaments is narrowed to, as its address has it. Nothing that is as usual. */
export interface FilamentSearch {
  readonly q?: string;
  readonly material?: string;
  readonly color?: (typeof COLORS)[number];
  readonly show?: "low" | "archived";
}

/** Reads an address that anybody may have written. */
export function filamentSearch(search: Readonly<Record<string, unknown>>): FilamentSearch {
  const { q, material, color, show } = search;
  const known = COLORS.find((name) => name === color);
  return {
    ...(typeof q === "string" && q !== "" ? { q: q.slice(0, 200) } : {}),
    ...(typeof material === "string" && material !== "" ? { material: material.slice(0, 40) } : {}),
    ...(known === undefined ? {} : { color: known }),
    ...(show === "low" || show === "archived" ? { show } : {}),
  };
}

/** What to ask the API for it. */
export function filamentFilter({ q, material, color, show }: FilamentSearch) {
  return {
    query: q ?? "",
    material: material ?? null,
    colorFamily: color ?? null,
    low: show === "low",
    archived: show === "archived",
  };
}
