import { useState } from "react";
import { fieldErrorsOf, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { gramsText } from "../../texts/amounts.ts";
import { Dialog } from "../ui/dialog.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { SpoolForm } from "./spool-dialogs.tsx";

interface WeighDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly spool: { readonly id: string; readonly remainingGrams: number; readonly tareGrams: number };
}

/** Asks what the scale shows and says what that makes. */
export function WeighDialog({ spool, ...state }: WeighDialogProps) {
  return (
    <Dialog
      {...state}
      title="Weigh this spool"
      description={`FM5 counts ${gramsText(spool.remainingGrams)} on it. What the scale says is right.`}
    >
      <WeighForm spool={spool} onDone={() => state.onOpenChange(false)} />
    </Dialog>
  );
}

interface WeighFormProps {
  readonly spool: WeighDialogProps["spool"];
  readonly onDone: () => void;
}

function WeighForm({ spool, onDone }: WeighFormProps) {
  const api = useApi();
  const [scale, setScale] = useState("");
  const [tare, setTare] = useState(String(spool.tareGrams));
  const weigh = useShopChange({
    mutation: api.spools.weigh.mutationOptions(),
    tellsItself: true,
    done: (_, { remainingGrams }) => `${gramsText(remainingGrams)} on the spool.`,
    onDone,
  });
  const remainingGrams = Math.round((Number(scale) - Number(tare)) * 100) / 100;
  const wrong = fieldErrorsOf(weigh.error);

  return (
    <SpoolForm
      action="Record"
      busy={weigh.isPending}
      error={weigh.error}
      onSubmit={() => weigh.mutate({ id: spool.id, remainingGrams, tareGrams: Number(tare) })}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <NumberField
          label="On the scale"
          unit="g"
          required
          min={Number(tare)}
          step={0.01}
          value={scale}
          onChange={(event) => setScale(event.target.value)}
          error={wrong["remainingGrams"]}
        />
        <NumberField
          label="Of that the empty spool"
          unit="g"
          required
          min={0}
          value={tare}
          onChange={(event) => setTare(event.target.value)}
          error={wrong["tareGrams"]}
        />
      </div>
      <output className="block font-medium">
        {scale === "" || remainingGrams < 0
          ? "Put the spool on the scale."
          : `${gramsText(remainingGrams)} of filament, ${differenceText(remainingGrams - spool.remainingGrams)}.`}
      </output>
    </SpoolForm>
  );
}

function differenceText(grams: number): string {
  const rounded = Math.round(grams * 100) / 100;
  if (rounded === 0) return "as counted";
  return rounded > 0 ? `${gramsText(rounded)} more than counted` : `${gramsText(-rounded)} less than counted`;
}
