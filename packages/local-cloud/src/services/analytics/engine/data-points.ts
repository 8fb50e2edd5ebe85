import type { DatabaseSync, StatementSync } from "node:sqlite";
import * as z from "zod";
import { transaction } from "../../../store/transaction.ts";
import { DATA_POINT_MARK } from "../../../dataplane/data-points-plugin.ts";
import type { TraceEvent } from "../../tail/trace-event.ts";

const pointSchema = z.object({
  dataset: z.string(),
  index: z.string(),
  blobs: z.array(z.string()),
  doubles: z.array(z.number().nullable()),
});
type DataPoint = z.infer<typeof pointSchema> & { readonly timestampMs: number };

const MAX_POINTS = 200_000;

/** Takes the data points out of what Workers logged. */
export function withoutDataPoints(traces: readonly TraceEvent[]): {
  readonly traces: readonly TraceEvent[];
  readonly points: readonly DataPoint[];
} {
  const points: DataPoint[] = [];
  const rest = traces.map((trace) => {
    const logs = trace.logs.filter(({ message, timestamp }) => {
      if (!Array.isArray(message) || message[0] !== DATA_POINT_MARK) return true;
      points.push({ ...pointSchema.parse(JSON.parse(String(message[1]))), timestampMs: timestamp });
      return false;
    });
    return logs.length === trace.logs.length ? trace : { ...trace, logs };
  });
  return { traces: rest, points };
}

/** What Workers wrote to datasets of Analytics Engine; in memory until the next flush. */
export class DataPoints {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  #waiting: DataPoint[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare("INSERT INTO data_points VALUES (?, ?, ?, ?, ?, ?)");
  }

  add(points: readonly DataPoint[]): void {
    this.#waiting.push(...points);
  }

  /** Writes what came since the last time. What can't be written is lost. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const points = this.#waiting;
    this.#waiting = [];
    transaction(this.#database, () => {
      for (const { dataset, timestampMs, index, blobs, doubles } of points)
        this.#insert.run(
          dataset,
          Math.floor(timestampMs / 1000),
          index,
          JSON.stringify(blobs),
          JSON.stringify(doubles),
          1,
        );
      this.#database.exec(
        `DELETE FROM data_points WHERE rowid <= (SELECT max(rowid) FROM data_points) - ${MAX_POINTS}`,
      );
    });
  }

  datasets(): readonly string[] {
    this.flush();
    const rows = this.#database.prepare("SELECT DISTINCT dataset FROM data_points ORDER BY dataset").all();
    return rows.map((row) => String(row["dataset"]));
  }
}
