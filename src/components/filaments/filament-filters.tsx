import { useNavigate } from "@tanstack/react-router";
import type { ChangeEvent } from "react";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { COLORS, type FilamentSearch, filamentSearch } from "./filament-search.ts";

interface FilamentFiltersProps {
  readonly search: FilamentSearch;
  readonly materials: readonly string[];
}

const SHOWN = [
  { value: "", text: "In use" },
  { value: "low", text: "Low" },
  { value: "archived", text: "Put away" },
];

/** Narrows the list; the address keeps it, so that it can be linked to and gone back to. */
export function FilamentFilters({ search, materials }: FilamentFiltersProps) {
  const navigate = useNavigate();

  function change({ target: { name, value } }: ChangeEvent<HTMLInputElement | HTMLSelectElement>) {
    const next = filamentSearch({ ...search, [name]: value });
    void navigate({ to: "/filaments", search: next, replace: true, resetScroll: false });
  }

  return (
    <search aria-label="Filaments" className="mb-4 grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Field
        label="Find"
        name="q"
        type="search"
        autoComplete="off"
        placeholder="Brand, colour …"
        defaultValue={search.q ?? ""}
        onChange={change}
      />
      <Select
        label="Material"
        name="material"
        value={search.material ?? ""}
        options={options(materials)}
        onChange={change}
      />
      <Select
        label="Colour"
        name="color"
        value={search.color ?? ""}
        options={options(COLORS)}
        onChange={change}
      />
      <Select label="Show" name="show" value={search.show ?? ""} options={SHOWN} onChange={change} />
    </search>
  );
}

function options(values: readonly string[]) {
  return [{ value: "", text: "All" }, ...values.map((value) => ({ value, text: value }))];
}
