import { useNavigate } from "@tanstack/react-router";
import { useApi, fieldErrorsOf } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { useCurrency } from "../../clients/currency.ts";
import { numberIn } from "../../clients/form.ts";
import { Dialog } from "../ui/dialog.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { FilamentForm, type FilamentValues } from "./filament-form.tsx";
import { titleOf } from "./filament-title.tsx";
import { SpoolFields, spoolValuesIn } from "./spool-fields.tsx";

interface AddFilamentDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly names: { readonly brands: readonly string[]; readonly materials: readonly string[] };
}

/** Adds a filament together with its first spools. */
export function AddFilamentDialog({ open, onOpenChange, names }: AddFilamentDialogProps) {
  const api = useApi();
  const currency = useCurrency();
  const navigate = useNavigate();
  const add = useShopChange({
    mutation: api.filaments.add.mutationOptions(),
    tellsItself: true,
    done: (_, filament) => `${titleOf(filament)} is on the shelf.`,
    onDone: ({ id }) => {
      onOpenChange(false);
      void navigate({ to: "/filaments/$filamentId", params: { filamentId: id } });
    },
  });

  function submit(values: FilamentValues, form: FormData) {
    const count = numberIn(form, "count");
    add.mutate(count > 0 ? { ...values, spools: { ...spoolValuesIn(form, currency), count } } : values);
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a filament">
      <FilamentForm names={names} action="Add" busy={add.isPending} error={add.error} onSubmit={submit}>
        <fieldset className="rounded-lg border border-line p-4 pt-2">
          <legend className="px-1 font-semibold">Spools</legend>
          <div className="space-y-4">
            <NumberField label="How many" name="count" min={0} max={50} defaultValue={1} />
            <SpoolFields currency={currency} wrong={spoolErrors(fieldErrorsOf(add.error))} />
          </div>
        </fieldset>
      </FilamentForm>
    </Dialog>
  );
}

function spoolErrors(wrong: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(wrong).map(([path, message]) => [path.replace(/^spools\./u, ""), message]),
  );
}
