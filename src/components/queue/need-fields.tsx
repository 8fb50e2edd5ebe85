import Plus from "lucide-react/icons/plus";
import X from "lucide-react/icons/x";
import type { ApiOutputs } from "../../clients/api.ts";
import { gramsText } from "../../texts/amounts.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { Select } from "../ui/select.tsx";

/** A filament that a job needs, while somebody types. */
export interface NeedDraft {
  /** Tells rows apart. */
  readonly key: string;
  /** Empty while none is chosen. */
  readonly filamentId: string;
  /** Of one copy, as it is typed. */
  readonly grams: string;
  /** What the print file asks for here. */
  readonly hint?: string | undefined;
}

type Choices = ApiOutputs["filaments"]["choices"];

interface NeedFieldsProps {
  readonly needs: readonly NeedDraft[];
  readonly choices: Choices;
  readonly onChange: (needs: readonly NeedDraft[]) => void;
  readonly error: string | undefined;
}

export function emptyNeed(): NeedDraft {
  return { key: crypto.randomUUID(), filamentId: "", grams: "" };
}

/** How much of which filament one copy needs. */
export function NeedFields({ needs, choices, onChange, error }: NeedFieldsProps) {
  const options = [
    { value: "", text: "Choose …", disabled: true },
    ...choices.map((choice) => ({ value: choice.id, text: choiceText(choice) })),
  ];
  const change = (key: string, over: Partial<NeedDraft>) =>
    onChange(needs.map((need) => (need.key === key ? { ...need, ...over } : need)));

  return (
    <fieldset className="space-y-4">
      <legend className="mb-2 font-semibold">Filament for one copy</legend>
      {needs.map((need, index) => (
        <div
          key={need.key}
          className="grid grid-cols-[1fr_auto] items-start gap-3 sm:grid-cols-[1fr_9rem_auto]"
        >
          <div className="col-span-2 sm:col-span-1">
            <Select
              label={`Filament ${index + 1}`}
              required
              value={need.filamentId}
              options={options}
              hint={need.hint}
              onChange={(event) => change(need.key, { filamentId: event.target.value })}
            />
          </div>
          <NumberField
            label={`Amount ${index + 1}`}
            unit="g"
            required
            min={0}
            step={0.01}
            value={need.grams}
            onChange={(event) => change(need.key, { grams: event.target.value })}
          />
          <div className="pt-6.5">
            <IconButton
              label={`Remove filament ${index + 1}`}
              disabled={needs.length === 1}
              onClick={() => onChange(needs.filter(({ key }) => key !== need.key))}
            >
              <X />
            </IconButton>
          </div>
        </div>
      ))}
      {error === undefined ? null : <p className="text-sm font-medium text-bad">{error}</p>}
      <Button look="secondary" onClick={() => onChange([...needs, emptyNeed()])}>
        <Plus />
        Another filament
      </Button>
    </fieldset>
  );
}

function choiceText({ material, brand, colorName, stockGrams, reservedGrams }: Choices[number]): string {
  const free = Math.max(0, Math.round((stockGrams - reservedGrams) * 100) / 100);
  return `${material} · ${colorName} · ${brand} (${gramsText(free)} free)`;
}
