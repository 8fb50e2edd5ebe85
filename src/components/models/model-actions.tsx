import { useNavigate } from "@tanstack/react-router";
import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Plus from "lucide-react/icons/plus";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Menu } from "../ui/menu.tsx";
import { EditModelDialog } from "./edit-model-dialog.tsx";
import { guessModel, type Model } from "./guesses.ts";
import { AddVariantDialog } from "./variant-dialogs.tsx";

interface ModelActionsProps {
  readonly model: Model;
  readonly categories: ApiOutputs["models"]["categories"];
}

type Shown = "variant" | "edit" | "delete";

/** What can be done on the whole of a model. */
export function ModelActions({ model, categories }: ModelActionsProps) {
  const { id, name, archived } = model;
  const [shown, setShown] = useState<Shown | null>(null);
  const { archive, remove } = usePuttingAway(model);
  const dialog = (which: Shown) => ({
    open: shown === which,
    onOpenChange: (open: boolean) => setShown(open ? which : null),
  });

  return (
    <>
      <Button onClick={() => setShown("variant")}>
        <Plus />
        Add variant
      </Button>
      <Menu
        label={`More for ${name}`}
        icon={<Ellipsis />}
        items={[
          { text: "Change", icon: <Pencil />, onSelect: () => setShown("edit") },
          archived
            ? {
                text: "Take out again",
                icon: <ArchiveRestore />,
                onSelect: () => archive.mutate({ id, archived: false }),
              }
            : { text: "Put away", icon: <Archive />, onSelect: () => archive.mutate({ id, archived: true }) },
          { text: "Delete", icon: <Trash2 />, danger: true, onSelect: () => setShown("delete") },
        ]}
      />
      <AddVariantDialog {...dialog("variant")} modelId={id} />
      <EditModelDialog {...dialog("edit")} model={model} categories={categories} />
      <ConfirmDialog
        {...dialog("delete")}
        title={`Delete ${name}?`}
        description="With its pictures, its variants and all of their files. Jobs in the queue stay. This can’t be undone."
        action="Delete"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ id }, { onSettled: () => setShown(null) })}
      />
    </>
  );
}

function usePuttingAway({ id, name }: Model) {
  const { models } = useApi();
  const navigate = useNavigate();
  const archive = useShopChange({
    mutation: models.archive.mutationOptions(),
    guess: guessModel<{ readonly archived: boolean }>(models.get.queryKey({ id }), (model, { archived }) => ({
      ...model,
      archived,
    })),
    done: (_, { archived }) => `${name} is ${archived ? "put away" : "among the others again"}.`,
  });
  const remove = useShopChange({
    mutation: models.remove.mutationOptions(),
    done: () => `${name} is deleted.`,
    onDone: () => void navigate({ to: "/models" }),
  });
  return { archive, remove };
}
