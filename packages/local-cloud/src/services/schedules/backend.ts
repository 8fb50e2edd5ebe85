import type { State } from "../../store/state.ts";
import { parseCron } from "./cron.ts";
import { cronInvalid, tooManyCrons } from "./errors.ts";

export interface Schedule {
  readonly cron: string;
  readonly created_on: string;
  readonly modified_on: string;
}

/** Of an account on the paid plan. @see https://developers.cloudflare.com/workers/platform/limits/#account-plan-limits */
const MAX_CRONS = 250;

/** The cron triggers of each Worker. They belong to no version. */
export class SchedulesBackend {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  of(worker: string): readonly Schedule[] {
    const row = this.#state.get("SELECT document FROM schedules WHERE worker = ?", worker);
    return row ? (JSON.parse(String(row["document"])) as readonly Schedule[]) : [];
  }

  /** Worker and cron of every trigger. */
  all(): readonly { readonly worker: string; readonly cron: string }[] {
    const rows = this.#state.all("SELECT worker, document FROM schedules ORDER BY worker");
    return rows.flatMap(({ worker, document }) =>
      (JSON.parse(String(document)) as readonly Schedule[]).map(({ cron }) => {
        return { worker: String(worker), cron };
      }),
    );
  }

  /**
   * Replaces the triggers of a Worker. A cron that stays keeps its date of creation.
   * @throws {Refusal} 10100 for a malformed cron, 10072 for more than the account may have.
   */
  replace(worker: string, crons: readonly string[]): readonly Schedule[] {
    if (crons.some((cron) => parseCron(cron) === undefined)) throw cronInvalid();
    const others = this.all().filter((trigger) => trigger.worker !== worker).length;
    if (others + crons.length > MAX_CRONS) throw tooManyCrons();
    const before = new Map(this.of(worker).map((schedule) => [schedule.cron, schedule]));
    const now = new Date().toISOString();
    const schedules = crons.map((cron) => {
      return { cron, created_on: before.get(cron)?.created_on ?? now, modified_on: now };
    });
    this.#state.run(
      "INSERT OR REPLACE INTO schedules (worker, document) VALUES (?, ?)",
      worker,
      JSON.stringify(schedules),
    );
    return schedules;
  }
}
