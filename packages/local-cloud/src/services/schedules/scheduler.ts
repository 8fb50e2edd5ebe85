import type { Clock } from "../../clock.ts";
import { parseCron } from "./cron.ts";

/** One run of a Worker's `scheduled` handler. */
export interface ScheduledRun {
  readonly worker: string;
  readonly cron: string;
  /** The minute for which it is due, however late it starts. */
  readonly scheduledTimeMs: number;
}

export interface SchedulerParts {
  readonly clock: Clock;
  readonly triggers: () => readonly { readonly worker: string; readonly cron: string }[];
  readonly fire: (run: ScheduledRun) => void;
}

const MINUTE_MS = 60_000;

/**
 * Fires each trigger at the minutes of its cron. Minutes that passed while nothing ran (the machine slept, the local
 * cloud was stopped) are not made up for.
 */
export function startScheduler({ clock, triggers, fire }: SchedulerParts): { stop(): void } {
  let cancel = wait();

  function wait(): () => void {
    const dueMs = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
    return clock.at(dueMs, () => {
      const scheduledTimeMs = Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
      cancel = wait();
      for (const { worker, cron } of triggers()) {
        if (parseCron(cron)?.matches(new Date(scheduledTimeMs)) === true)
          fire({ worker, cron, scheduledTimeMs });
      }
    });
  }

  return { stop: () => cancel() };
}
