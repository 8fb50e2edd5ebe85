import type { ReactNode, SubmitEvent } from "react";
import { fieldErrorsOf, sentenceFor, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { useCurrency } from "../../clients/currency.ts";
import { numberIn } from "../../clients/form.ts";
import { textOf } from "../ui/action-form.tsx";
import { countText } from "../../texts/amounts.ts";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Notice } from "../ui/notice.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { SpoolFields, type SpoolValues, spoolValuesIn } from "./spool-fields.tsx";

interface DialogState {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Puts spools on the shelf that are alike. */
export function AddSpoolsDialog({ filamentId, ...state }: DialogState & { readonly filamentId: string }) {
  const api = useApi();
  const currency = useCurrency();
  const add = useShopChange({
    mutation: api.spools.add.mutationOptions(),
    tellsItself: true,
    done: ({ ids }) => `${countText(ids.length, "spool")} added.`,
    onDone: () => state.onOpenChange(false),
  });

  function submit(form: FormData) {
    const remaining = textOf(form, "remainingGrams");
    add.mutate({
      ...spoolValuesIn(form, currency),
      filamentId,
      count: numberIn(form, "count", 1),
      ...(remaining === "" ? {} : { remainingGrams: Number(remaining) }),
    });
  }

  return (
    <Dialog {...state} title="Add spools">
      <SpoolForm action="Add" busy={add.isPending} error={add.error} onSubmit={submit}>
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField label="How many" name="count" required min={1} max={50} defaultValue={1} />
          <NumberField
            label="Left on each"
            unit="g"
            name="remainingGrams"
            min={0}
            step={0.01}
            hint="Empty when they are new"
            error={fieldErrorsOf(add.error)["remainingGrams"]}
          />
        </div>
        <SpoolFields currency={currency} wrong={fieldErrorsOf(add.error)} />
      </SpoolForm>
    </Dialog>
  );
}

interface EditSpoolDialogProps extends DialogState {
  readonly spool: SpoolValues & { readonly id: string };
}

export function EditSpoolDialog({ spool, ...state }: EditSpoolDialogProps) {
  const api = useApi();
  const currency = useCurrency();
  const change = useShopChange({
    mutation: api.spools.change.mutationOptions(),
    tellsItself: true,
    done: () => "Changed.",
    onDone: () => state.onOpenChange(false),
  });
  return (
    <Dialog {...state} title="Change this spool" description="What was used of it stays used.">
      <SpoolForm
        action="Change"
        busy={change.isPending}
        error={change.error}
        onSubmit={(form) => change.mutate({ ...spoolValuesIn(form, currency), id: spool.id })}
      >
        <SpoolFields values={spool} currency={currency} wrong={fieldErrorsOf(change.error)} />
      </SpoolForm>
    </Dialog>
  );
}

interface SpoolFormProps {
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (form: FormData) => void;
  readonly children: ReactNode;
}

/** A dialog's form with its refusal and its button. */
export function SpoolForm({ action, busy, error, onSubmit, children }: SpoolFormProps) {
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  }
  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      {children}
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <SubmitButton label={action} busy={busy} />
      </DialogActions>
    </form>
  );
}
