import type { EventTarget } from "../../data-plane.ts";
import { noDeployment } from "./errors.ts";
import type { ScheduledRun } from "./scheduler.ts";

/** What came of a run. */
interface ScheduledOutcome {
  readonly version_id: string;
  readonly cron: string;
  readonly scheduled_time: string;
  /** "ok", or what went wrong, such as "exception". */
  readonly outcome: string;
}

/** @throws {Refusal} when the Worker has no deployment. */
export type Deliver = (run: ScheduledRun) => Promise<ScheduledOutcome>;

/** Runs the `scheduled` handler of a version that serves, and holds that version until the handler has ended. */
export function scheduledDelivery(
  targetOf: (worker: string) => Promise<EventTarget | undefined>,
  log: (line: string) => void,
): Deliver {
  return async ({ worker, cron, scheduledTimeMs }) => {
    const target = await targetOf(worker);
    if (target === undefined) throw noDeployment(worker);
    const { version, lease } = target;
    try {
      const { outcome } = await lease.instance.events.scheduled({ cron, scheduledTimeMs });
      log(`cron: ${worker} "${cron}" → ${outcome} ${version.id.slice(0, 8)}`);
      const scheduled_time = new Date(scheduledTimeMs).toISOString();
      return { version_id: version.id, cron, scheduled_time, outcome };
    } finally {
      lease.release();
    }
  };
}
