import { type SubmitEvent, useId } from "react";
import { type ApiOutputs, fieldErrorsOf, sentenceFor } from "../../clients/api.ts";
import { textOf } from "../ui/action-form.tsx";
import { DialogActions } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";

export interface ModelValues {
  readonly name: string;
  readonly designer: string;
  readonly category: string;
  readonly sourceUrl: string | null;
  readonly notes: string;
}

interface ModelFormProps {
  readonly values?: ModelValues;
  /** To choose from, while others can be typed. */
  readonly categories: ApiOutputs["models"]["categories"];
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: ModelValues) => void;
}

/** What a person says about a model. */
export function ModelForm({ values, categories, action, busy, error, onSubmit }: ModelFormProps) {
  const wrong = fieldErrorsOf(error);
  const list = useId();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSubmit(valuesIn(new FormData(event.currentTarget)));
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      <Field
        label="Name"
        name="name"
        required
        maxLength={120}
        defaultValue={values?.name}
        error={wrong["name"]}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Designer"
          name="designer"
          maxLength={120}
          defaultValue={values?.designer}
          error={wrong["designer"]}
        />
        <Field
          label="Category"
          name="category"
          maxLength={60}
          list={list}
          defaultValue={values?.category}
          error={wrong["category"]}
        />
      </div>
      <Field
        label="Where it comes from"
        name="sourceUrl"
        type="url"
        maxLength={500}
        placeholder="https://"
        defaultValue={values?.sourceUrl ?? ""}
        error={wrong["sourceUrl"]}
      />
      <TextArea
        label="Notes"
        name="notes"
        maxLength={5000}
        defaultValue={values?.notes}
        error={wrong["notes"]}
      />
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <SubmitButton label={action} busy={busy} />
      </DialogActions>
      <datalist id={list}>
        {categories.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
    </form>
  );
}

function valuesIn(form: FormData): ModelValues {
  return {
    name: textOf(form, "name"),
    designer: textOf(form, "designer"),
    category: textOf(form, "category"),
    sourceUrl: textOf(form, "sourceUrl"),
    notes: textOf(form, "notes"),
  };
}
