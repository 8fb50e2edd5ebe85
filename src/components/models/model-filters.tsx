import { useNavigate } from "@tanstack/react-router";
import type { ChangeEvent } from "react";
import type { ApiOutputs } from "../../clients/api.ts";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { type ModelSearch, modelSearch } from "./model-search.ts";

interface ModelFiltersProps {
  readonly search: ModelSearch;
  readonly categories: ApiOutputs["models"]["categories"];
}

const SHOWN = [
  { value: "", text: "In use" },
  { value: "archived", text: "Put away" },
];

/** Narrows the list; the address keeps it, so that it can be linked to and gone back to. */
export function ModelFilters({ search, categories }: ModelFiltersProps) {
  const navigate = useNavigate();

  function change({ target: { name, value } }: ChangeEvent<HTMLInputElement | HTMLSelectElement>) {
    const next = modelSearch({ ...search, [name]: value });
    void navigate({ to: "/models", search: next, replace: true, resetScroll: false });
  }

  return (
    <search aria-label="Models" className="mb-6 grid grid-cols-2 gap-3 sm:grid-cols-[2fr_1fr_1fr]">
      <div className="col-span-2 sm:col-span-1">
        <Field
          label="Find"
          name="q"
          type="search"
          autoComplete="off"
          placeholder="Name, designer …"
          defaultValue={search.q ?? ""}
          onChange={change}
        />
      </div>
      <Select
        label="Category"
        name="category"
        value={search.category ?? ""}
        options={optionsOf(categories, search.category)}
        onChange={change}
      />
      <Select label="Show" name="show" value={search.show ?? ""} options={SHOWN} onChange={change} />
    </search>
  );
}

/** With the chosen one, even if no model has it any more. */
function optionsOf(categories: ModelFiltersProps["categories"], chosen: string | undefined) {
  const known = categories.map(({ name, models }) => ({ value: name, text: `${name} (${models})` }));
  const isKnown = chosen === undefined || known.some(({ value }) => value === chosen);
  return [{ value: "", text: "All" }, ...known, ...(isKnown ? [] : [{ value: chosen, text: chosen }])];
}
