import { Link } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { type ApiOutputs, fieldErrorsOf, sentenceFor } from "../../clients/api.ts";
import { numberIn } from "../../clients/form.ts";
import { textOf } from "../ui/action-form.tsx";
import { secondsOf } from "../../texts/amounts.ts";
import { SECONDARY } from "../ui/button.tsx";
import { DialogActions } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { type NeedDraft, NeedFields } from "./need-fields.tsx";

export interface JobDraft {
  readonly title: string;
  readonly copies: number;
  readonly printSeconds: number | null;
  readonly notes: string;
  readonly needs: readonly NeedDraft[];
}

export interface JobValues extends Omit<JobDraft, "needs"> {
  readonly filaments: { filamentId: string; grams: number }[];
}

interface JobFormProps {
  readonly draft: JobDraft;
  readonly choices: ApiOutputs["filaments"]["choices"];
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: JobValues) => void;
}

/** What a print is called and what it needs. */
export function JobForm({ draft, choices, action, busy, error, onSubmit }: JobFormProps) {
  const [needs, setNeeds] = useState(draft.needs);
  const wrong = fieldErrorsOf(error);
  const minutes = Math.round((draft.printSeconds ?? 0) / 60);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSubmit(valuesIn(new FormData(event.currentTarget), needs));
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-5">
      <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
        <Field
          label="Title"
          name="title"
          required
          maxLength={200}
          defaultValue={draft.title}
          error={wrong["title"]}
        />
        <NumberField
          label="Copies"
          name="copies"
          required
          min={1}
          max={1000}
          defaultValue={draft.copies}
          error={wrong["copies"]}
        />
      </div>
      <NeedFields needs={needs} choices={choices} onChange={setNeeds} error={wrong["filaments"]} />
      <fieldset className="grid grid-cols-2 gap-4">
        <legend className="mb-2 font-semibold">Time for one copy</legend>
        <NumberField label="Hours" name="hours" min={0} max={2000} defaultValue={Math.floor(minutes / 60)} />
        <NumberField label="Minutes" name="minutes" min={0} max={59} defaultValue={minutes % 60} />
      </fieldset>
      <TextArea
        label="Notes"
        name="notes"
        maxLength={4000}
        defaultValue={draft.notes}
        error={wrong["notes"]}
      />
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <Link to="/queue" className={SECONDARY}>
          Back
        </Link>
        <SubmitButton label={action} busy={busy} />
      </DialogActions>
    </form>
  );
}

function valuesIn(form: FormData, needs: readonly NeedDraft[]): JobValues {
  const seconds = secondsOf({ hours: numberIn(form, "hours"), minutes: numberIn(form, "minutes") });
  return {
    title: textOf(form, "title"),
    copies: numberIn(form, "copies", 1),
    printSeconds: seconds === 0 ? null : seconds,
    notes: textOf(form, "notes"),
    filaments: needs.map(({ filamentId, grams }) => ({ filamentId, grams: Number(grams) })),
  };
}
