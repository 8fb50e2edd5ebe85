import { expect, test } from "vitest";
import { ManualClock } from "../../testing/manual-clock.ts";
import { startScheduler, type ScheduledRun } from "./scheduler.ts";

function started(triggers: { worker: string; cron: string }[]): {
  clock: ManualClock;
  runs: ScheduledRun[];
  stop: () => void;
} {
  const clock = new ManualClock("2026-11-01T00:00:30Z");
  const runs: ScheduledRun[] = [];
  const scheduler = startScheduler({ clock, triggers: () => triggers, fire: (run) => runs.push(run) });
  return { clock, runs, stop: () => scheduler.stop() };
}

const at = (time: string) => Date.parse(`2026-11-01T${time}Z`);

test("each trigger fires at the minutes of its cron", () => {
  const { clock, runs } = started([
    { worker: "a", cron: "*/2 * * * *" },
    { worker: "b", cron: "3 0 * * *" },
  ]);

  clock.advance(4 * 60_000);

  expect(runs).toEqual([
    { worker: "a", cron: "*/2 * * * *", scheduledTimeMs: at("00:02:00") },
    { worker: "b", cron: "3 0 * * *", scheduledTimeMs: at("00:03:00") },
    { worker: "a", cron: "*/2 * * * *", scheduledTimeMs: at("00:04:00") },
  ]);
});

test("a trigger that comes or goes counts from the next minute on", () => {
  const triggers = [{ worker: "a", cron: "* * * * *" }];
  const { clock, runs } = started(triggers);

  clock.advance(60_000);
  triggers.splice(0, 1, { worker: "b", cron: "* * * * *" });
  clock.advance(60_000);

  expect(runs.map(({ worker }) => worker)).toEqual(["a", "b"]);
});

test("nothing fires after the scheduler has stopped", () => {
  const { clock, runs, stop } = started([{ worker: "a", cron: "* * * * *" }]);

  stop();
  clock.advance(600_000);

  expect(runs).toEqual([]);
});
