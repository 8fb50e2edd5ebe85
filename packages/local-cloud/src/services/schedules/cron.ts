/**
 * Cron expressions as Cloudflare's own parser reads them: five fields, UTC, weekdays 1 (Sunday) to 7.
 * @see https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions
 * @see https://github.com/cloudflare/saffron/blob/master/saffron/src/parse.rs for the grammar, case and wrapping ranges included
 */
export interface Cron {
  /** Whether the minute of that instant is one of its times. */
  matches(instant: Date): boolean;
}

type Values = ReadonlySet<number>;
type DayTest = (day: Day) => boolean;

/** A day as the day fields look at it. */
interface Day {
  /** From 1. */
  readonly ofMonth: number;
  /** 1 (Sunday) to 7. */
  readonly ofWeek: number;
  readonly daysInMonth: number;
}

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTE: Field = { min: 0, max: 59 };
const HOUR: Field = { min: 0, max: 23 };
const DAY_OF_MONTH: Field = { min: 1, max: 31 };
const MONTH: Field = {
  min: 1,
  max: 12,
  names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAY_OF_WEEK: Field = { min: 1, max: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

class Malformed extends Error {}

/** Undefined where Cloudflare would refuse the text. */
export function parseCron(text: string): Cron | undefined {
  const parts = text.split(/[ \t]+/u);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts;
  if (parts.length !== 5 || dayOfWeek === undefined) return undefined;
  try {
    const fields = {
      minutes: values(minute ?? "", MINUTE),
      hours: values(hour ?? "", HOUR),
      months: values(month ?? "", MONTH),
      isDay: dayTest(dayOfMonth ?? "", dayOfWeek),
    };
    return { matches: (instant) => matches(fields, instant) };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function matches(
  fields: {
    readonly minutes: Values;
    readonly hours: Values;
    readonly months: Values;
    readonly isDay: DayTest;
  },
  instant: Date,
): boolean {
  const month = instant.getUTCMonth() + 1;
  const day = {
    ofMonth: instant.getUTCDate(),
    ofWeek: instant.getUTCDay() + 1,
    daysInMonth: new Date(Date.UTC(instant.getUTCFullYear(), month, 0)).getUTCDate(),
  };
  return (
    fields.minutes.has(instant.getUTCMinutes()) &&
    fields.hours.has(instant.getUTCHours()) &&
    fields.months.has(month) &&
    fields.isDay(day)
  );
}

/** A day matches either field when both are restricted, as in every cron. */
function dayTest(dayOfMonth: string, dayOfWeek: string): DayTest {
  const ofMonth = dayOfMonth === "*" ? undefined : dayOfMonthTest(dayOfMonth);
  const ofWeek = dayOfWeek === "*" ? undefined : dayOfWeekTest(dayOfWeek);
  if (ofMonth && ofWeek) return (day) => ofMonth(day) || ofWeek(day);
  return ofMonth ?? ofWeek ?? (() => true);
}

function dayOfMonthTest(text: string): DayTest {
  const last = /^L(?:-(?<offset>\d+))?(?<weekday>W)?$/u.exec(text)?.groups;
  if (last) {
    const offset = last["offset"] === undefined ? 0 : within(last["offset"], { min: 1, max: 30 });
    const target = (day: Day) => day.daysInMonth - offset;
    return last["weekday"] === undefined
      ? (day) => day.ofMonth === target(day)
      : (day) => isClosestWeekday(day, target(day));
  }
  const closest = /^(?<day>\d+)W$/u.exec(text)?.groups?.["day"];
  if (closest !== undefined) {
    const target = within(closest, DAY_OF_MONTH);
    return (day) => isClosestWeekday(day, target);
  }
  const days = values(text, DAY_OF_MONTH);
  return (day) => days.has(day.ofMonth);
}

function dayOfWeekTest(text: string): DayTest {
  if (text === "L") return (day) => day.ofWeek === DAY_OF_WEEK.max;
  const last = /^(?<day>\w+)L$/u.exec(text)?.groups?.["day"];
  if (last !== undefined) {
    const weekday = within(last, DAY_OF_WEEK);
    return (day) => day.ofWeek === weekday && day.ofMonth + 7 > day.daysInMonth;
  }
  const nth = /^(?<day>\w+)#(?<nth>\d+)$/u.exec(text)?.groups;
  if (nth) {
    const weekday = within(nth["day"] ?? "", DAY_OF_WEEK);
    const which = within(nth["nth"] ?? "", { min: 1, max: 5 });
    return (day) => day.ofWeek === weekday && Math.ceil(day.ofMonth / 7) === which;
  }
  const days = values(text, DAY_OF_WEEK);
  return (day) => days.has(day.ofWeek);
}

/** The weekday (Monday to Friday) nearest to a day of the same month. */
function isClosestWeekday(day: Day, target: number): boolean {
  if (target < 1 || target > day.daysInMonth) return false;
  const weekday = ((((day.ofWeek - 1 + (target - day.ofMonth)) % 7) + 7) % 7) + 1;
  if (weekday === 7) return day.ofMonth === (target === 1 ? 3 : target - 1);
  if (weekday === 1) return day.ofMonth === (target === day.daysInMonth ? target - 2 : target + 1);
  return day.ofMonth === target;
}

/** `*`, or a list of values, ranges (which wrap around) and steps. A later `*` of a list is the lowest value. */
function values(text: string, field: Field): Values {
  const [first = "", ...others] = text.split(",");
  if (first === "*" && others.length > 0) throw new Malformed();
  const later = others.flatMap((member) => (member === "*" ? [field.min] : membersOf(member, field)));
  return new Set([...membersOf(first, field), ...later]);
}

function membersOf(member: string, field: Field): readonly number[] {
  const match = /^(?:(?<all>\*)|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/u.exec(member)?.groups;
  if (!match) throw new Malformed();
  const { min, max } = field;
  const step = match["step"] === undefined ? undefined : within(match["step"], { min: 1, max: max - min });
  const from = match["from"] === undefined ? min : within(match["from"], field);
  const single = match["all"] === undefined && match["to"] === undefined && step === undefined;
  if (single) return [from];
  const to = match["to"] === undefined ? max : within(match["to"], field);
  const range = from <= to ? span(from, to) : [...span(from, max), ...span(min, to)];
  return range.filter((_, index) => index % (step ?? 1) === 0);
}

function span(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function within(text: string, { min, max, names }: Field): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new Malformed();
  return value;
}
