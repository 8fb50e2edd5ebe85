import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ModelForm, type ModelValues } from "./model-form.tsx";

interface EditModelDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly model: ModelValues & { readonly id: string };
  readonly categories: ApiOutputs["models"]["categories"];
}

export function EditModelDialog({ open, onOpenChange, model, categories }: EditModelDialogProps) {
  const api = useApi();
  const change = useShopChange({
    mutation: api.models.update.mutationOptions(),
    tellsItself: true,
    done: () => "Changed.",
    onDone: () => onOpenChange(false),
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Change this model">
      <ModelForm
        values={model}
        categories={categories}
        action="Change"
        busy={change.isPending}
        error={change.error}
        onSubmit={(values) => change.mutate({ ...values, id: model.id })}
      />
    </Dialog>
  );
}
