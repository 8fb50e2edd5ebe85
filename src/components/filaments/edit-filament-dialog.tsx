import { useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { Dialog } from "../ui/dialog.tsx";
import { FilamentForm, type FilamentValues } from "./filament-form.tsx";

interface EditFilamentDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly filament: FilamentValues & { readonly id: string };
}

const NO_NAMES = { brands: [], materials: [] };

export function EditFilamentDialog({ open, onOpenChange, filament }: EditFilamentDialogProps) {
  const api = useApi();
  const change = useShopChange({
    mutation: api.filaments.change.mutationOptions(),
    tellsItself: true,
    done: () => "Changed.",
    onDone: () => onOpenChange(false),
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Change this filament">
      <FilamentForm
        values={filament}
        names={NO_NAMES}
        action="Change"
        busy={change.isPending}
        error={change.error}
        onSubmit={(values) => change.mutate({ ...values, id: filament.id })}
      />
    </Dialog>
  );
}
