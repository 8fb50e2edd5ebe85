import CircleAlert from "lucide-react/icons/circle-alert";
import { gramsText } from "../../texts/amounts.ts";
import { titleOf } from "../filaments/filament-title.tsx";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import type { QueuedJob } from "./guesses.ts";

/** What a job needs of which filament, and whether it will find it. */
export function NeedList({ needs }: Pick<QueuedJob, "needs">) {
  return (
    <ul className="mt-2 space-y-1 text-sm">
      {needs.map(({ filament, neededGrams, availableGrams, missingGrams }) => (
        <li key={filament.id} className="flex items-start gap-2">
          <ColorSwatch hex={filament.colorHex} />
          <span className="min-w-0 break-words">
            {titleOf(filament)}: <span className="font-medium tabular-nums">{gramsText(neededGrams)}</span>{" "}
            {missingGrams > 0 ? (
              <span className="font-medium text-bad">
                needed, {gramsText(availableGrams)} left{" "}
                <CircleAlert aria-hidden="true" className="inline size-4 align-text-bottom" />
              </span>
            ) : (
              <span className="text-soft">of {gramsText(availableGrams)}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
