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
      <p className="mb-2 text-sm text-soft">{gramsText(highest)} at most</p>
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
      <rect x={x} y={HEIGHT - printed - failed} width={WIDTH} height={failed} className="fill-bad" />
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
