import { expect, test } from "vitest";
import { parseCron } from "./cron.ts";

/** The instants of a range of minutes (UTC) at which an expression fires, without seconds. */
function times(cron: string, from: string, to: string): readonly string[] {
  const parsed = parseCron(cron);
  const fired: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 60_000)
    if (parsed?.matches(new Date(at)) === true) fired.push(new Date(at).toISOString().slice(0, 16));
  return fired;
}

/** The days of 2026 on which an expression with a fixed time fires. */
function days(cron: string, month: string): readonly number[] {
  const last = new Date(Date.UTC(2026, Number(month), 0)).getUTCDate();
  return times(cron, `2026-${month}-01T00:00Z`, `2026-${month}-${last}T23:59Z`).map((time) =>
    Number(time.slice(8, 10)),
  );
}

test("a cron fires at its minutes and hours, in UTC", () => {
  expect(times("*/30 * * * *", "2026-11-01T00:00Z", "2026-11-01T01:59Z")).toEqual([
    "2026-11-01T00:00",
    "2026-11-01T00:30",
    "2026-11-01T01:00",
    "2026-11-01T01:30",
  ]);
  expect(times("45 3,5 * * *", "2026-11-01T00:00Z", "2026-11-01T23:59Z")).toEqual([
    "2026-11-01T03:45",
    "2026-11-01T05:45",
  ]);
  expect(times("5/20 1 * * *", "2026-11-01T00:00Z", "2026-11-01T23:59Z")).toEqual([
    "2026-11-01T01:05",
    "2026-11-01T01:25",
    "2026-11-01T01:45",
  ]);
});

test("Sunday is weekday 1, and names are as good as numbers in any case", () => {
  expect(days("0 17 * * 1", "11")).toEqual([1, 8, 15, 22, 29]);
  expect(days("0 17 * * sun", "11")).toEqual([1, 8, 15, 22, 29]);
  expect(days("10 7 * * MON-fri", "11").slice(0, 6)).toEqual([2, 3, 4, 5, 6, 9]);
  expect(days("10 7 * NOV *", "12")).toEqual([]);
});

test("a range wraps around the end of its field", () => {
  expect(days("0 0 * * fri-sun", "11").slice(0, 4)).toEqual([1, 6, 7, 8]);
  expect(times("0 22-1 * * *", "2026-11-01T00:00Z", "2026-11-01T23:59Z")).toEqual([
    "2026-11-01T00:00",
    "2026-11-01T01:00",
    "2026-11-01T22:00",
    "2026-11-01T23:00",
  ]);
});

test("L is the last day, W the nearest weekday and # the nth weekday of a month", () => {
  expect(days("0 0 L * *", "02")).toEqual([28]);
  expect(days("0 0 L-2 * *", "11")).toEqual([28]);
  // 31 October 2026 is a Saturday, 29 November a Sunday, 1 August a Saturday, 1 November a Sunday.
  expect(days("59 23 LW * *", "10")).toEqual([30]);
  expect(days("0 0 29W * *", "11")).toEqual([30]);
  expect(days("0 0 1W * *", "08")).toEqual([3]);
  expect(days("0 0 1W * *", "11")).toEqual([2]);
  expect(days("0 18 * * 6L", "11")).toEqual([27]);
  expect(days("0 18 * * friL", "11")).toEqual([27]);
  expect(days("0 18 * * 2#3", "11")).toEqual([16]);
  expect(days("0 18 * * mon#5", "11")).toEqual([30]);
});

test("a day that either day field names is a day, when both name some", () => {
  expect(days("0 0 13 * fri", "11")).toEqual([6, 13, 20, 27]);
});

test("what Cloudflare's parser refuses is refused", () => {
  const refused = [
    "",
    "* * * *",
    "* * * * * *",
    "0 22 * * 0",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 8",
    "*/0 * * * *",
    "*/60 * * * *",
    "*,5 * * * *",
    "1- * * * *",
    "L * * * *",
    "* * L-31 * *",
    "* * 5W,6W * *",
    "* * * * 2#6",
    "* * ? * *",
    "@daily",
  ];

  expect(refused.filter((text) => parseCron(text) !== undefined)).toEqual([]);
});
