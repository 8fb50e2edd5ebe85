import type { ApiOutputs } from "../../clients/api.ts";
import { dayText, gramsText } from "../../texts/amounts.ts";

type Bucket = ApiOutputs["filaments"]["get"]["weeks"][number];

interface UsageChartProps {
  /** Days or weeks, oldest first. */
  readonly buckets: readonly Bucket[];
  readonly by: "day" | "week";
}

const NOW = { day: "today", week: "this week" };
const FROM = { day: "Day", week: "Week from" };

const HEIGHT = 100;
const WIDTH = 24;
const GAP = 6;

/** What prints took day by day or week by week: bars for eyes, a table for screen readers. */
export function UsageChart({ buckets, by }: UsageChartProps) {
  const highest = Math.max(1, ...buckets.map((bucket) => bucket.printedGrams + bucket.failedGrams));
  return (
    <figure>
      <p aria-hidden="true" className="mb-2 flex flex-wrap gap-x-4 text-sm text-soft">
        <Mark look="fill-accent" text="printed" />
        <Mark look="fill-edge" text="failed" />
        <span className="ml-auto">{gramsText(highest)} at most</span>
      </p>
      <svg
        viewBox={`0 0 ${buckets.length * (WIDTH + GAP)} ${HEIGHT}`}
        aria-hidden="true"
        preserveAspectRatio="none"
        className="h-32 w-full"
      >
        {buckets.map((bucket, index) => (
          <Bar key={bucket.from} bucket={bucket} x={index * (WIDTH + GAP)} scale={HEIGHT / highest} />
        ))}
      </svg>
      <figcaption className="mt-2 flex justify-between text-sm text-soft">
        <span>{buckets[0] === undefined ? "" : dayText(buckets[0].from)}</span>
        <span>{NOW[by]}</span>
      </figcaption>
      <UsageTable buckets={buckets} by={by} />
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

interface BarProps {
  readonly bucket: Bucket;
  readonly x: number;
  /** Height of a gram. */
  readonly scale: number;
}

function Bar({ bucket, x, scale }: BarProps) {
  const printed = bucket.printedGrams * scale;
  const failed = bucket.failedGrams * scale;
  return (
    <>
      <rect x={x} y={HEIGHT - 1} width={WIDTH} height={1} className="fill-line" />
      <rect x={x} y={HEIGHT - printed} width={WIDTH} height={printed} className="fill-accent" />
      <rect x={x} y={HEIGHT - printed - failed} width={WIDTH} height={failed} className="fill-edge" />
    </>
  );
}

function UsageTable({ buckets, by }: UsageChartProps) {
  return (
    <table className="sr-only">
      <caption>Filament used, by {by}</caption>
      <thead>
        <tr>
          <th scope="col">{FROM[by]}</th>
          <th scope="col">Printed</th>
          <th scope="col">Failed</th>
        </tr>
      </thead>
      <tbody>
        {buckets.map(({ from, printedGrams, failedGrams }) => (
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
