import type { ApiOutputs } from "../../clients/api.ts";
import { gramsText } from "../../texts/amounts.ts";
import { titleOf } from "../filaments/filament-title.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { NumberField } from "../ui/number-field.tsx";

type Plan = ApiOutputs["jobs"]["finishPlan"];
type Need = Plan["needs"][number];

const PREFIX = "spool:";

/** Grams for each spool that a job can be taken off, as suggested. */
export function SpoolTakes({ plan }: { readonly plan: Plan }) {
  return plan.needs.map((need) => <NeedTakes key={need.filament.id} need={need} />);
}

/** What was entered, without what was nothing. */
export function takesIn(form: FormData): readonly { readonly spoolId: string; readonly grams: number }[] {
  return [...form]
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => ({ spoolId: name.slice(PREFIX.length), grams: Number(value) }))
    .filter(({ grams }) => grams > 0);
}

function NeedTakes({ need }: { readonly need: Need }) {
  const { filament, grams, missingGrams, spools } = need;
  return (
    <fieldset className="rounded-lg border border-line p-4 pt-2">
      <legend className="flex items-center gap-2 px-1 font-semibold">
        <ColorSwatch hex={filament.colorHex} />
        {titleOf(filament)}
      </legend>
      <p className="mb-3 text-sm text-soft">{gramsText(grams)} by the slicer’s estimate</p>
      {missingGrams > 0 ? (
        <p
          role="alert"
          className="mb-3 rounded-lg border-l-4 border-warn bg-sunken px-4 py-3 text-sm font-medium"
        >
          {gramsText(grams)} needed, but the spools hold {gramsText(grams - missingGrams)}. What is entered
          here is recorded: what was really there, or less. Weigh the spools if they hold more.
        </p>
      ) : null}
      <div className="space-y-3">
        {spools.map(({ id, label, remainingGrams, suggestedGrams }, index) => (
          <NumberField
            key={id}
            label={label === "" ? `Spool ${index + 1}` : label}
            unit="g"
            name={`${PREFIX}${id}`}
            min={0}
            max={remainingGrams}
            step={0.01}
            defaultValue={suggestedGrams}
            hint={`${gramsText(remainingGrams)} on it`}
          />
        ))}
      </div>
    </fieldset>
  );
}
