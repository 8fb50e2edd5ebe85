import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Trash2 from "lucide-react/icons/trash-2";
import Upload from "lucide-react/icons/upload";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Menu } from "../ui/menu.tsx";
import type { Variant } from "./guesses.ts";
import { UploadDialog } from "./upload-dialog.tsx";
import { useModelChanges } from "./use-model-changes.ts";
import { EditVariantDialog } from "./variant-dialogs.tsx";

interface VariantActionsProps {
  readonly modelId: string;
  readonly variant: Variant;
}

type Shown = "upload" | "edit" | "delete";

export function VariantActions({ modelId, variant }: VariantActionsProps) {
  const { id, name, revisions } = variant;
  const [shown, setShown] = useState<Shown | null>(null);
  const { removeVariant } = useModelChanges(modelId);
  const dialog = (which: Shown) => ({
    open: shown === which,
    onOpenChange: (open: boolean) => setShown(open ? which : null),
  });

  return (
    <div className="flex items-center gap-1">
      <Button look="secondary" aria-label={`Upload a version of ${name}`} onClick={() => setShown("upload")}>
        <Upload />
        {revisions.length === 0 ? "Upload a file" : "Upload a version"}
      </Button>
      <Menu
        label={`More for ${name}`}
        icon={<Ellipsis />}
        items={[
          { text: "Change", icon: <Pencil />, onSelect: () => setShown("edit") },
          { text: "Delete", icon: <Trash2 />, danger: true, onSelect: () => setShown("delete") },
        ]}
      />
      <UploadDialog {...dialog("upload")} variant={variant} />
      <EditVariantDialog {...dialog("edit")} variant={variant} />
      <ConfirmDialog
        {...dialog("delete")}
        title={`Delete ${name}?`}
        description="With all its versions and their files. Jobs in the queue stay. This can’t be undone."
        action="Delete"
        onConfirm={() => {
          setShown(null);
          removeVariant(id);
        }}
      />
    </div>
  );
}
