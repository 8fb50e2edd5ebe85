import { useMutation } from "@tanstack/react-query";
import { useApi } from "../../clients/api.ts";
import { outcomeOf } from "../../clients/outcome.ts";
import { PasswordField } from "../entry/credential-fields.tsx";
import { ActionForm, textOf } from "../ui/action-form.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface DeleteAccountDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Asks for the password, deletes the account, and starts anew at a page that says so. */
export function DeleteAccountDialog(props: DeleteAccountDialogProps) {
  const remove = useMutation(useApi().account.delete.mutationOptions());
  return (
    <Dialog
      {...props}
      title="Delete your account?"
      description="All filaments, models, files, jobs and their history go with it, at once and for good. Nobody can bring them back, so download them first."
    >
      <ActionForm
        action="Delete my account"
        busyAction="Deleting …"
        look="danger"
        send={(fields) => outcomeOf(remove.mutateAsync({ password: textOf(fields, "password") }))}
        // A whole new page, so that nothing of the account stays in memory.
        onDone={() => globalThis.location.assign("/goodbye")}
      >
        {(errors) => <PasswordField label="Your password" error={errors["password"]} />}
      </ActionForm>
    </Dialog>
  );
}
