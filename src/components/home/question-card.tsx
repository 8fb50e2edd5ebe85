import CircleX from "lucide-react/icons/circle-x";
import { ColorSwatch } from "../ui/color-swatch.tsx";
import { Progress } from "../ui/progress.tsx";

const NEEDED_GRAMS = 312;
const LEFT_GRAMS = 280;

/** The question that FM5 answers, as the queue shows it. An example, and called so. */
export function QuestionCard() {
  return (
    <figure className="mx-auto w-full max-w-sm">
      <div className="relative rounded-2xl border border-line bg-paper p-5 shadow-xl">
        <img
          src="/spool.svg"
          alt=""
          width="112"
          height="112"
          className="absolute -top-12 right-4 w-24 sm:w-28"
        />
        <p className="text-sm font-medium text-soft">Can it start?</p>
        <p className="mt-0.5 pr-28 text-lg font-semibold">Lamp shade, 2 copies</p>
        <p className="mt-5 flex items-center gap-2.5 font-medium">
          <ColorSwatch hex="#1f1f23" />
          PLA, black
        </p>
        <div className="mt-3">
          <Progress
            label="Filament left of what is needed"
            value={LEFT_GRAMS}
            max={NEEDED_GRAMS}
            tone="bad"
          />
        </div>
        <p className="mt-2 flex justify-between gap-4 text-sm text-soft tabular-nums">
          <span>{NEEDED_GRAMS} g needed</span>
          <span>{LEFT_GRAMS} g left</span>
        </p>
        <p className="mt-4 flex items-center gap-2 font-semibold text-bad">
          <CircleX className="size-5 shrink-0" />
          Not enough: {NEEDED_GRAMS - LEFT_GRAMS} g are missing
        </p>
      </div>
      <figcaption className="mt-3 text-center text-sm text-soft">An example of a job in the queue</figcaption>
    </figure>
  );
}
