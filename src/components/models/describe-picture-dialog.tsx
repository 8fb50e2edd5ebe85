import type { SubmitEvent } from "react";
import { textOf } from "../ui/action-form.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { TextArea } from "../ui/text-area.tsx";

interface DescribePictureDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly alt: string;
  readonly onDescribed: (alt: string) => void;
}

export function DescribePictureDialog({ open, onOpenChange, alt, onDescribed }: DescribePictureDialogProps) {
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onDescribed(textOf(new FormData(event.currentTarget), "alt"));
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Describe this picture">
      <form method="post" onSubmit={submit}>
        <TextArea
          label="What it shows"
          name="alt"
          maxLength={300}
          defaultValue={alt}
          hint="For those who can’t see it."
        />
        <DialogActions>
          <SubmitButton label="Save" busy={false} />
        </DialogActions>
      </form>
    </Dialog>
  );
}
