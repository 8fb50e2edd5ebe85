import type { ApiOutputs } from "../../clients/api.ts";
import { dayText, gramsText } from "../../texts/amounts.ts";

type Week = ApiOutputs["filaments"]["get"]["weeks"][number];

const HEIGHT = 100;
const WIDTH = 24;
const GAP = 6;

/** What prints took week by week: bars for eyes, a table for screen readers. */
export function UsageChart({ weeks }: { readonly weeks: readonly Week[] }) {
  const highest = Math.max(1, ...weeks.map((week) => week.printedGrams + week.failedGrams));
  return (
    <figure>
      <p aria-hidden="true" className="mb-2 flex flex-wrap gap-x-4 text-sm text-soft">
        <Mark look="fill-accent" text="printed" />
        <Mark look="fill-edge" text="failed" />
        <span className="ml-auto">{gramsText(highest)} at most</span>
      </p>
      <svg
        viewBox={`0 0 ${weeks.length * (WIDTH + GAP)} ${HEIGHT}`}
        aria-hidden="true"
        preserveAspectRatio="none"
        className="h-32 w-full"
      >
        {weeks.map((week, index) => (
          <WeekBar key={week.from} week={week} x={index * (WIDTH + GAP)} scale={HEIGHT / highest} />
        ))}
      </svg>
      <figcaption className="mt-2 flex justify-between text-sm text-soft">
        <span>{weeks[0] === undefined ? "" : dayText(weeks[0].from)}</span>
        <span>this week</span>
      </figcaption>
      <UsageTable weeks={weeks} />
    </figure>
  );
}

function Mark({ look, text }: { readonly look: string; readonly text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg viewBox="0 0 8 8" className="size-3">
        <rect width="8" height="8" rx="1.5" className={look} />
      </svg>
      {text}
    </span>
  );
}

interface WeekBarProps {
  readonly week: Week;
  readonly x: number;
  /** Height of a gram. */
  readonly scale: number;
}

function WeekBar({ week, x, scale }: WeekBarProps) {
  const printed = week.printedGrams * scale;
  const failed = week.failedGrams * scale;
  return (
    <>
      <rect x={x} y={HEIGHT - 1} width={WIDTH} height={1} className="fill-line" />
      <rect x={x} y={HEIGHT - printed} width={WIDTH} height={printed} className="fill-accent" />
      <rect x={x} y={HEIGHT - printed - failed} width={WIDTH} height={failed} className="fill-edge" />
    </>
  );
}

function UsageTable({ weeks }: { readonly weeks: readonly Week[] }) {
  return (
    <table className="sr-only">
      <caption>Filament used, by week</caption>
      <thead>
        <tr>
          <th scope="col">Week from</th>
          <th scope="col">Printed</th>
          <th scope="col">Failed</th>
        </tr>
      </thead>
      <tbody>
        {weeks.map(({ from, printedGrams, failedGrams }) => (
          <tr key={from}>
            <th scope="row">{dayText(from)}</th>
            <td>{gramsText(printedGrams)}</td>
            <td>{gramsText(failedGrams)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
