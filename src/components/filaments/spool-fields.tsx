import { numberIn } from "../../clients/form.ts";
import { textOf } from "../ui/action-form.tsx";
import { centsOf, moneyInput, moneyStep } from "../../texts/amounts.ts";
import { Field } from "../ui/field.tsx";
import { NumberField } from "../ui/number-field.tsx";

export interface SpoolValues {
  readonly netGrams: number;
  readonly tareGrams: number;
  readonly costCents: number;
  readonly label: string;
}

interface SpoolFieldsProps {
  readonly values?: SpoolValues;
  readonly currency: string;
  /** What is wrong, by the field's name. */
  readonly wrong: Readonly<Record<string, string>>;
}

/** What spools are like. */
export function SpoolFields({ values, currency, wrong }: SpoolFieldsProps) {
  const cost = values === undefined ? "" : moneyInput(values.costCents, currency);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <NumberField
        label="Filament when new"
        unit="g"
        name="netGrams"
        required
        min={1}
        max={100_000}
        defaultValue={values?.netGrams ?? 1000}
        error={wrong["netGrams"]}
      />
      <NumberField
        label="Empty spool"
        unit="g"
        name="tareGrams"
        min={0}
        max={100_000}
        defaultValue={values?.tareGrams ?? 0}
        error={wrong["tareGrams"]}
        hint="0 when you don’t know it"
      />
      <NumberField
        label="Price"
        unit={currency}
        name="cost"
        min={0}
        step={moneyStep(currency)}
        defaultValue={cost}
        error={wrong["costCents"]}
      />
      <Field
        label="Label"
        name="label"
        maxLength={80}
        placeholder="Shelf 3"
        defaultValue={values?.label}
        error={wrong["label"]}
      />
    </div>
  );
}

export function spoolValuesIn(form: FormData, currency: string): SpoolValues {
  return {
    netGrams: numberIn(form, "netGrams"),
    tareGrams: numberIn(form, "tareGrams"),
    costCents: centsOf(textOf(form, "cost"), currency),
    label: textOf(form, "label"),
  };
}
