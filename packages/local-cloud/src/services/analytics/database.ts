import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Raise it with each change of the tables below. Metrics of another format are put aside, not read. */
const FORMAT = 1;

const TABLES = `
  CREATE TABLE measurements (
    dataset TEXT NOT NULL, second INTEGER NOT NULL, dimensions TEXT NOT NULL, count REAL NOT NULL, sums TEXT NOT NULL, samples BLOB
  ) STRICT;
  CREATE INDEX measurements_by_time ON measurements (dataset, second);
  CREATE TABLE telemetry (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, ray TEXT, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX telemetry_by_time ON telemetry (timestamp);
  CREATE TABLE data_points (
    dataset TEXT NOT NULL, timestamp INTEGER NOT NULL, index1 TEXT NOT NULL, blobs TEXT NOT NULL, doubles TEXT NOT NULL, sample_interval REAL NOT NULL
  ) STRICT;
  CREATE INDEX data_points_by_time ON data_points (dataset, timestamp);
`;

/**
 * Opens the file with metrics, logs and data points. It is written in batches and without waiting for the disk: a killed
 * process loses the last second, a power failure may lose more. A file that can't be read is put aside as `FILE.unreadable`, since
 * nothing depends on it.
 */
export function openAnalyticsDatabase(file: string, log: (line: string) => void): DatabaseSync {
  try {
    return open(file);
  } catch (error) {
    if (!existsSync(file)) throw error;
    const aside = `${file}.unreadable`;
    log(
      `analytics: ${file} can't be read (${String(error)}); it is kept as ${aside}, and metrics begin anew`,
    );
    renameSync(file, aside);
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    return open(file);
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 4000;");
    const format = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (format === 0) database.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${FORMAT}; COMMIT;`);
    else if (format !== FORMAT) throw new Error(`its format is ${format}, this version's is ${FORMAT}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
