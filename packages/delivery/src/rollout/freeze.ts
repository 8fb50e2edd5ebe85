/** A stretch of each week in which nothing is delivered. */
export interface FreezeWindow {
  /** Such as `Fri 16:00`. */
  readonly from: string;
  /** Such as `Mon 08:00`; before `from` in the week when it spans Sunday's end. */
  readonly to: string;
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY_MINUTES = 24 * 60;

export const WEEK_TIME = /^(?<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)$/u;

/** The window that an instant lies in. `from` belongs to it, `to` doesn't. */
export function freezeAt(windows: readonly FreezeWindow[], at: Date): FreezeWindow | undefined {
  return windows.find(({ from, to, timeZone }) => {
    const now = minuteOfWeek(at, timeZone);
    const [start, end] = [parseWeekTime(from), parseWeekTime(to)];
    return start <= end ? start <= now && now < end : now >= start || now < end;
  });
}

export function formatFreeze({ from, to, timeZone }: FreezeWindow): string {
  return `${from} to ${to} (${timeZone})`;
}

/** Minutes since Monday 00:00. */
function parseWeekTime(text: string): number {
  const { day = "", hour, minute } = WEEK_TIME.exec(text)?.groups ?? {};
  return DAYS.indexOf(day) * DAY_MINUTES + Number(hour) * 60 + Number(minute);
}

function minuteOfWeek(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return parseWeekTime(`${parts.get("weekday")} ${parts.get("hour")}:${parts.get("minute")}`);
}
