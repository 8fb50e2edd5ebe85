/** What the list of models is narrowed to, as its address has it. Nothing that is as usual. */
export interface ModelSearch {
  readonly q?: string;
  readonly category?: string;
  readonly show?: "archived";
}

/** Reads an address that anybody may have written. */
export function modelSearch(search: Readonly<Record<string, unknown>>): ModelSearch {
  const { q, category, show } = search;
  return {
    ...(typeof q === "string" && q !== "" ? { q: q.slice(0, 200) } : {}),
    ...(typeof category === "string" && category !== "" ? { category: category.slice(0, 60) } : {}),
    ...(show === "archived" ? { show } : {}),
  };
}

/** What to ask the API for it. */
export function modelFilter({ q, category, show }: ModelSearch) {
  return {
    query: q ?? "",
    archived: show === "archived",
    ...(category === undefined ? {} : { category }),
  };
}
