import { type SubmitEvent, useState } from "react";
import { useRefreshShop } from "../../clients/change.ts";
import { refusalOfFile } from "../../clients/uploads/check-file.ts";
import { startTransfer } from "../../clients/uploads/transfers.ts";
import { textOf } from "../ui/action-form.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";
import type { Variant } from "./guesses.ts";
import { chosenFile, PrintFileField } from "./print-file-field.tsx";

interface UploadDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly variant: Pick<Variant, "id" | "name" | "revisions">;
}

/** Asks for the next version of a variant. It is sent after the dialog has closed. */
export function UploadDialog({ open, onOpenChange, variant }: UploadDialogProps) {
  const isFirst = variant.revisions.length === 0;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={isFirst ? "Upload a file" : "Upload a version"}
      description={`For ${variant.name}.${isFirst ? "" : " Earlier versions stay."}`}
    >
      <UploadForm variantId={variant.id} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface UploadFormProps {
  readonly variantId: string;
  readonly onDone: () => void;
}

function UploadForm({ variantId, onDone }: UploadFormProps) {
  const refresh = useRefreshShop();
  const [refusal, setRefusal] = useState<string | null>(null);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = chosenFile(form);
    if (file === null) return;
    const reason = refusalOfFile(file, "print");
    setRefusal(reason);
    if (reason !== null) return;
    startTransfer({
      file,
      attachTo: { to: "variant", variantId, notes: textOf(form, "notes") },
      onDone: refresh,
    });
    onDone();
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      <PrintFileField required error={refusal} />
      <TextArea label="What is new in it" name="notes" maxLength={2000} rows={2} />
      <DialogActions>
        <SubmitButton label="Upload" busy={false} />
      </DialogActions>
    </form>
  );
}
