import type { ApiOutputs } from "../../clients/api.ts";
import { gramsText } from "../../texts/amounts.ts";
import type { QueuedJob } from "./guesses.ts";
import type { JobDraft } from "./job-form.tsx";
import { emptyNeed } from "./need-fields.tsx";

type Suggestion = ApiOutputs["jobs"]["suggest"];
type Slot = Suggestion["slots"][number];

export function blankDraft(): JobDraft {
  return { title: "", copies: 1, printSeconds: null, notes: "", needs: [emptyNeed()] };
}

/** A job for a print file: its slots with the shop's nearest filaments. */
export function suggestedDraft({ title, printSeconds, slots }: Suggestion): JobDraft {
  const needs = slots.map((slot) => ({
    key: `slot ${slot.slot}`,
    filamentId: slot.filamentId ?? "",
    grams: slot.grams === null ? "" : String(slot.grams),
    hint: slotText(slot),
  }));
  return { ...blankDraft(), title, printSeconds, ...(needs.length === 0 ? {} : { needs }) };
}

/** A job as it is, to be changed. */
export function draftOf({ title, copies, printSeconds, notes, needs }: QueuedJob): JobDraft {
  return {
    title,
    copies,
    printSeconds,
    notes,
    needs: needs.map(({ filament, neededGrams }) => ({
      key: filament.id,
      filamentId: filament.id,
      grams: String(Math.round((neededGrams / copies) * 100) / 100),
    })),
  };
}

/** "Slot 2 asks for PLA, #ff0000, 12 g" */
function slotText({ slot, material, colorHex, grams }: Slot): string {
  const asked = [material ?? "", colorHex ?? "", grams === null ? "" : gramsText(grams)].filter(Boolean);
  return asked.length === 0 ? `Slot ${slot}` : `Slot ${slot} asks for ${asked.join(", ")}`;
}
