import { type ReactNode, type SubmitEvent, useId } from "react";
import { fieldErrorsOf, sentenceFor } from "../../clients/api.ts";
import { numberIn } from "../../clients/form.ts";
import { textOf } from "../ui/action-form.tsx";
import { DialogActions } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";

export interface FilamentValues {
  readonly brand: string;
  readonly material: string;
  readonly colorName: string;
  readonly colorHex: string;
  readonly lowStockGrams: number;
  readonly purchaseUrl: string | null;
  readonly notes: string;
}

interface FilamentFormProps {
  readonly values?: FilamentValues;
  /** To choose from, while others can be typed. */
  readonly names: { readonly brands: readonly string[]; readonly materials: readonly string[] };
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: FilamentValues, form: FormData) => void;
  /** More fields, before the buttons. */
  readonly children?: ReactNode;
}

const USUAL_MATERIALS = ["PLA", "PETG", "ABS", "ASA", "TPU", "PA", "PC", "PVA"];

/** What a person says about a filament. */
export function FilamentForm({ values, names, action, busy, error, onSubmit, children }: FilamentFormProps) {
  const wrong = fieldErrorsOf(error);
  const lists = useId();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit(valuesIn(form), form);
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Brand"
          name="brand"
          required
          maxLength={80}
          list={`${lists}-brands`}
          defaultValue={values?.brand}
          error={wrong["brand"]}
        />
        <Field
          label="Material"
          name="material"
          required
          maxLength={40}
          list={`${lists}-materials`}
          defaultValue={values?.material}
          error={wrong["material"]}
        />
        <Field
          label="Colour"
          name="colorName"
          required
          maxLength={60}
          placeholder="Galaxy Black"
          defaultValue={values?.colorName}
          error={wrong["colorName"]}
        />
        <Field
          label="Looks like"
          name="colorHex"
          type="color"
          defaultValue={values?.colorHex ?? "#1a1a1a"}
          error={wrong["colorHex"]}
        />
        <NumberField
          label="Low below"
          unit="g"
          name="lowStockGrams"
          min={0}
          max={100_000}
          defaultValue={values?.lowStockGrams ?? 200}
          error={wrong["lowStockGrams"]}
        />
        <Field
          label="Where to buy"
          name="purchaseUrl"
          type="url"
          maxLength={2000}
          placeholder="https://"
          defaultValue={values?.purchaseUrl ?? ""}
          error={wrong["purchaseUrl"]}
        />
      </div>
      <TextArea
        label="Notes"
        name="notes"
        maxLength={4000}
        rows={2}
        defaultValue={values?.notes}
        error={wrong["notes"]}
      />
      {children}
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <SubmitButton label={action} busy={busy} />
      </DialogActions>
      <Choices id={`${lists}-brands`} values={names.brands} />
      <Choices id={`${lists}-materials`} values={[...new Set([...names.materials, ...USUAL_MATERIALS])]} />
    </form>
  );
}

function Choices({ id, values }: { readonly id: string; readonly values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value}>
          {value}
        </option>
      ))}
    </datalist>
  );
}

function valuesIn(form: FormData): FilamentValues {
  return {
    brand: textOf(form, "brand"),
    material: textOf(form, "material"),
    colorName: textOf(form, "colorName"),
    colorHex: textOf(form, "colorHex"),
    lowStockGrams: numberIn(form, "lowStockGrams"),
    purchaseUrl: textOf(form, "purchaseUrl"),
    notes: textOf(form, "notes"),
  };
}
