import { useNavigate } from "@tanstack/react-router";
import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { type ApiOutputs, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Menu } from "../ui/menu.tsx";
import { EditFilamentDialog } from "./edit-filament-dialog.tsx";
import { titleOf } from "./filament-title.tsx";
import { AddSpoolsDialog } from "./spool-dialogs.tsx";

type Filament = ApiOutputs["filaments"]["get"]["filament"];
type Shown = "add" | "edit" | "remove";

/** What can be done on the whole of a filament. */
export function FilamentActions({ filament }: { readonly filament: Filament }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const { remove, restore } = usePuttingAway(filament);
  const dialog = (name: Shown) => ({
    open: shown === name,
    onOpenChange: (open: boolean) => setShown(open ? name : null),
  });

  return (
    <>
      <Button onClick={() => setShown("add")}>
        <Plus />
        Add spools
      </Button>
      <Menu
        label={`More for ${titleOf(filament)}`}
        icon={<Ellipsis />}
        items={[
          { text: "Change", icon: <Pencil />, onSelect: () => setShown("edit") },
          filament.archivedAt === null
            ? { text: "Remove", icon: <Archive />, danger: true, onSelect: () => setShown("remove") }
            : {
                text: "Take out again",
                icon: <ArchiveRestore />,
                onSelect: () => restore.mutate({ id: filament.id }),
              },
        ]}
      />
      <AddSpoolsDialog {...dialog("add")} filamentId={filament.id} />
      <EditFilamentDialog {...dialog("edit")} filament={filament} />
      <ConfirmDialog
        {...dialog("remove")}
        title={`Remove ${titleOf(filament)}?`}
        description="With all its spools. If prints refer to it, it is put away instead, and its history stays."
        action="Remove"
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ id: filament.id }, { onSettled: () => setShown(null) })}
      />
    </>
  );
}

function usePuttingAway(filament: Filament) {
  const api = useApi();
  const navigate = useNavigate();
  const remove = useShopChange({
    mutation: api.filaments.remove.mutationOptions(),
    done: ({ outcome }) => `${titleOf(filament)} is ${outcome === "deleted" ? "deleted" : "put away"}.`,
    onDone: () => void navigate({ to: "/filaments" }),
  });
  const restore = useShopChange({
    mutation: api.filaments.restore.mutationOptions(),
    done: () => `${titleOf(filament)} is on the shelf again.`,
  });
  return { remove, restore };
}
