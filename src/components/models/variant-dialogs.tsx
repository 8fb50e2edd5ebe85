import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import { fieldErrorsOf, sentenceFor, useApi } from "../../clients/api.ts";
import { useRefreshShop, useShopChange } from "../../clients/change.ts";
import { refusalOfFile } from "../../clients/uploads/check-file.ts";
import { startTransfer } from "../../clients/uploads/transfers.ts";
import { textOf } from "../ui/action-form.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";
import { chosenFile, PrintFileField } from "./print-file-field.tsx";

interface DialogState {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Adds a variant, at will with its first file, which is sent after the dialog has closed. */
export function AddVariantDialog({ modelId, ...state }: DialogState & { readonly modelId: string }) {
  return (
    <Dialog {...state} title="Add a variant" description="One way to print this model.">
      <AddVariantForm modelId={modelId} onDone={() => state.onOpenChange(false)} />
    </Dialog>
  );
}

interface AddVariantFormProps {
  readonly modelId: string;
  readonly onDone: () => void;
}

function AddVariantForm({ modelId, onDone }: AddVariantFormProps) {
  const api = useApi();
  const refresh = useRefreshShop();
  const [refusal, setRefusal] = useState<string | null>(null);
  const toSend = useRef<File>(null);
  const add = useShopChange({
    mutation: api.variants.create.mutationOptions(),
    tellsItself: true,
    done: (_, { name }) => `${name} is added.`,
    // Here, since what `mutate` is given is not called once the dialog has closed.
    onDone: ({ id }) => {
      const file = toSend.current;
      if (file !== null)
        startTransfer({ file, attachTo: { to: "variant", variantId: id, notes: "" }, onDone: refresh });
      onDone();
    },
  });

  function submit(form: FormData) {
    const file = chosenFile(form);
    const reason = file === null ? null : refusalOfFile(file, "print");
    setRefusal(reason);
    if (reason !== null) return;
    toSend.current = file;
    add.mutate({ ...valuesIn(form), modelId });
  }

  return (
    <VariantForm action="Add" busy={add.isPending} error={add.error} onSubmit={submit}>
      <PrintFileField error={refusal} />
    </VariantForm>
  );
}

interface EditVariantDialogProps extends DialogState {
  readonly variant: VariantValues & { readonly id: string };
}

export function EditVariantDialog({ variant, ...state }: EditVariantDialogProps) {
  const api = useApi();
  const change = useShopChange({
    mutation: api.variants.update.mutationOptions(),
    tellsItself: true,
    done: () => "Changed.",
    onDone: () => state.onOpenChange(false),
  });
  return (
    <Dialog {...state} title="Change this variant">
      <VariantForm
        values={variant}
        action="Change"
        busy={change.isPending}
        error={change.error}
        onSubmit={(form) => change.mutate({ ...valuesIn(form), id: variant.id })}
      />
    </Dialog>
  );
}

interface VariantValues {
  readonly name: string;
  readonly notes: string;
}

interface VariantFormProps {
  readonly values?: VariantValues;
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (form: FormData) => void;
  /** More fields, before the buttons. */
  readonly children?: ReactNode;
}

function VariantForm({ values, action, busy, error, onSubmit, children }: VariantFormProps) {
  const wrong = fieldErrorsOf(error);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  }
  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      <Field
        label="Name"
        name="name"
        required
        maxLength={120}
        placeholder="0.2 mm, one colour"
        defaultValue={values?.name}
        error={wrong["name"]}
      />
      <TextArea
        label="Notes"
        name="notes"
        maxLength={5000}
        rows={2}
        defaultValue={values?.notes}
        error={wrong["notes"]}
      />
      {children}
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <SubmitButton label={action} busy={busy} />
      </DialogActions>
    </form>
  );
}

function valuesIn(form: FormData): VariantValues {
  return { name: textOf(form, "name"), notes: textOf(form, "notes") };
}
