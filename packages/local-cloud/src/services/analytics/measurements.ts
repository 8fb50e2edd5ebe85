import type { DatabaseSync, StatementSync } from "node:sqlite";
import { transaction } from "../../store/transaction.ts";

export type Dimensions = Readonly<Record<string, string | number>>;

/** What happened in one second with the same dimensions. */
export interface Measurement {
  /** Seconds since 1970. */
  readonly second: number;
  readonly dimensions: Dimensions;
  /** How many happened; with sampling, an estimate. */
  readonly count: number;
  readonly sums: Readonly<Record<string, number>>;
  /** Name → values of some or all of them. Each stands for `count / values.length`. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

interface Bucket {
  readonly dataset: string;
  readonly second: number;
  readonly dimensions: Dimensions;
  count: number;
  seen: number;
  readonly sums: Record<string, number>;
  readonly samples: Record<string, number[]>;
}

/** So many values of a second are kept; of more, a fair draw. */
const SAMPLES_PER_SECOND = 256;
const RETENTION_SECONDS = 31 * 24 * 60 * 60;
const MAX_ROWS = 500_000;

export interface Sampling {
  /** Share of the events that are counted, each for `1 / rate`: in (0, 1]. */
  readonly rate: number;
  /** Draws in [0, 1). */
  readonly random: () => number;
}

/** Counts by second and dimensions: in memory first, in the database with the next `flush`. */
export class Measurements {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #sampling: Sampling;
  readonly #open = new Map<string, Bucket>();

  constructor(database: DatabaseSync, sampling: Sampling) {
    this.#database = database;
    this.#sampling = sampling;
    this.#insert = database.prepare("INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?)");
    database.exec(
      `DELETE FROM measurements WHERE rowid <= (SELECT max(rowid) FROM measurements) - ${MAX_ROWS}`,
    );
  }

  add(
    dataset: string,
    event: {
      readonly atMs: number;
      readonly dimensions: Dimensions;
      readonly sums?: Readonly<Record<string, number>>;
      readonly samples?: Readonly<Record<string, number>>;
    },
  ): void {
    const { rate, random } = this.#sampling;
    if (rate < 1 && random() >= rate) return;
    const second = Math.floor(event.atMs / 1000);
    const key = `${dataset}\n${second}\n${Object.values(event.dimensions).join("\n")}`;
    const bucket = this.#open.get(key) ?? this.#begin(key, { dataset, second, dimensions: event.dimensions });
    bucket.count += 1 / rate;
    bucket.seen += 1;
    for (const [name, value] of Object.entries(event.sums ?? {}))
      bucket.sums[name] = (bucket.sums[name] ?? 0) + value / rate;
    for (const [name, value] of Object.entries(event.samples ?? {})) this.#sample(bucket, name, value);
  }

  /** Writes what was counted since the last time, as one transaction. What can't be written is lost. */
  flush(): void {
    if (this.#open.size === 0) return;
    const buckets = [...this.#open.values()];
    this.#open.clear();
    transaction(this.#database, () => {
      for (const { dataset, second, dimensions, count, sums, samples } of buckets)
        this.#insert.run(
          dataset,
          second,
          JSON.stringify(dimensions),
          count,
          JSON.stringify(sums),
          Buffer.from(JSON.stringify(samples)),
        );
    });
  }

  /** Drops what is older than 31 days. */
  expire(nowMs: number): void {
    const oldest = Math.floor(nowMs / 1000) - RETENTION_SECONDS;
    this.#database.prepare("DELETE FROM measurements WHERE second < ?").run(oldest);
  }

  /** Both bounds belong to the range. */
  between(dataset: string, from: number, to: number): readonly Measurement[] {
    this.flush();
    const sql = "SELECT * FROM measurements WHERE dataset = ? AND second BETWEEN ? AND ? ORDER BY second";
    return this.#database.prepare(sql).all(dataset, from, to).map(measurement);
  }

  #begin(key: string, of: Pick<Bucket, "dataset" | "second" | "dimensions">): Bucket {
    const bucket = { ...of, count: 0, seen: 0, sums: {}, samples: {} };
    this.#open.set(key, bucket);
    return bucket;
  }

  /** Reservoir sampling, so that each value of the second has the same chance to be kept. */
  #sample(bucket: Bucket, name: string, value: number): void {
    const values = (bucket.samples[name] ??= []);
    if (values.length < SAMPLES_PER_SECOND) {
      values.push(value);
      return;
    }
    const place = Math.floor(this.#sampling.random() * bucket.seen);
    if (place < SAMPLES_PER_SECOND) values[place] = value;
  }
}

function measurement(row: Readonly<Record<string, unknown>>): Measurement {
  return {
    second: Number(row["second"]),
    dimensions: JSON.parse(String(row["dimensions"])) as Dimensions,
    count: Number(row["count"]),
    sums: JSON.parse(String(row["sums"])) as Measurement["sums"],
    samples: JSON.parse(Buffer.from(row["samples"] as Uint8Array).toString("utf8")) as Measurement["samples"],
  };
}
