import { dayText } from "../../texts/amounts.ts";

/** An instant in UTC, the same on the server and in every browser: "27 Nov 2026, 08:31". @param at ISO 8601 */
export function Time({ at }: { readonly at: string }) {
  const [date = "", time = ""] = new Date(at).toISOString().split("T");
  return (
    <time dateTime={at} title={`${date} ${time.slice(0, 8)} UTC`} className="whitespace-nowrap">
      {dayText(date)}, {time.slice(0, 5)}
    </time>
  );
}
