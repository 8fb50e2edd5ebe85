import { useNavigate } from "@tanstack/react-router";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ModelForm } from "./model-form.tsx";

interface AddModelDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly categories: ApiOutputs["models"]["categories"];
}

/** Adds a model and goes to its page, where its pictures and files come in. */
export function AddModelDialog({ open, onOpenChange, categories }: AddModelDialogProps) {
  const api = useApi();
  const navigate = useNavigate();
  const add = useShopChange({
    mutation: api.models.create.mutationOptions(),
    tellsItself: true,
    done: (_, { name }) => `${name} is added.`,
    onDone: ({ id }) => {
      onOpenChange(false);
      void navigate({ to: "/models/$modelId", params: { modelId: id } });
    },
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a model">
      <ModelForm
        categories={categories}
        action="Add"
        busy={add.isPending}
        error={add.error}
        onSubmit={(values) => add.mutate(values)}
      />
    </Dialog>
  );
}
