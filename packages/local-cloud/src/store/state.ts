import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { dataFolderUnusable } from "../data-folder.ts";
import { LocalCloudError, systemErrorCode } from "../errors.ts";
import { backUp } from "./backup.ts";
import { FORMATS } from "./formats.ts";
import { transaction } from "./transaction.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * The durable state: one SQLite file. Each write is on the disk when the call returns, whatever happens to the process
 * after that. The file stays locked while it is open, so that no second instance can write to it.
 */
export interface State {
  run(sql: string, ...values: SQLInputValue[]): void;
  all(sql: string, ...values: SQLInputValue[]): readonly Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs `change` as one transaction: all of its writes hold, or none. */
  transaction<T>(change: () => T): T;
  setting(name: string, initial: () => string): string;
  /** Makes a copy of the state as it is now, for `stale`. One made before is dropped. */
  freeze(): void;
  /** Drops that copy. */
  thaw(): void;
  /** Carries out `work`, and what it starts, on the frozen copy: writes are lost. On the state itself where there is none. */
  stale<T>(work: () => T): T;
  /** Whether this runs within `stale`: what is kept in memory besides the state must not be used then. */
  isStale(): boolean;
  close(): void;
}

/**
 * Opens the state file, or makes a new one. One of an older format is brought to this one's, after a backup copy of it.
 * @throws {LocalCloudError} DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE, or STATE_UNREADABLE for a damaged file or a newer format:
 * the file is left as it is, and a backup copy of it is beside it.
 */
export function openState(file: string): State {
  const database = openDatabase(file);
  const frozen = new AsyncLocalStorage<DatabaseSync>();
  let copy: DatabaseSync | undefined;
  const current = () => frozen.getStore() ?? database;
  const run = (sql: string, ...values: SQLInputValue[]) =>
    void current()
      .prepare(sql)
      .run(...values);
  const get = (sql: string, ...values: SQLInputValue[]) =>
    current()
      .prepare(sql)
      .get(...values) as Row | undefined;
  return {
    run,
    get,
    all: (sql, ...values) =>
      current()
        .prepare(sql)
        .all(...values),
    transaction: (change) => transaction(current(), change),
    freeze: () => {
      copy = copyOf(database, file);
    },
    thaw: () => {
      copy = undefined;
    },
    stale: (work) => (copy === undefined ? work() : frozen.run(copy, work)),
    isStale: () => frozen.getStore() !== undefined,
    setting: (name, initial) => {
      const row = get("SELECT value FROM settings WHERE name = ?", name);
      if (row) return String(row["value"]);
      const value = initial();
      run("INSERT INTO settings (name, value) VALUES (?, ?)", name, value);
      return value;
    },
    close: () => database.close(),
  };
}

/** In a file without a name: it is gone when nobody reads it any more. */
function copyOf(database: DatabaseSync, file: string): DatabaseSync {
  const path = `${file}.${randomUUID()}.frozen`;
  database.prepare("VACUUM INTO ?").run(path);
  const copy = new DatabaseSync(path);
  copy.exec("PRAGMA journal_mode = MEMORY");
  rmSync(path);
  return copy;
}

function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    const format = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (format > FORMATS.length) throw newerFormat(file, format);
    const checked = database.prepare("PRAGMA quick_check(1)").get();
    if (checked?.["quick_check"] !== "ok") throw unreadable(file, checked?.["quick_check"]);
    if (format < FORMATS.length) upgrade(database, file, format);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw failure(file, error);
  }
}

/** All steps hold, or none: a process that ends in the middle leaves the older format. */
function upgrade(database: DatabaseSync, file: string, format: number): void {
  if (format > 0) {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    backUp(file, `format-${format}`);
  }
  const steps = FORMATS.slice(format).join("\n");
  transaction(database, () => database.exec(`${steps} PRAGMA user_version = ${FORMATS.length};`));
}

/** @see https://www.sqlite.org/rescode.html for the result codes: 5 busy, 11 corrupt, 26 not a database. */
function failure(file: string, error: unknown): unknown {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : undefined;
  if (code === 5 || code === 261) {
    return new LocalCloudError({
      code: "DATA_FOLDER_IN_USE",
      message: `Another local cloud uses the data folder: ${file} is locked.`,
      hint: "Stop that one first, or give this one its own folder with --data DIR.",
      cause: error,
    });
  }
  if (code === 11 || code === 26) return unreadable(file, error);
  if (systemErrorCode(error) === "ENOSPC") return dataFolderUnusable(dirname(file), error);
  return error;
}

function unreadable(file: string, cause: unknown): LocalCloudError {
  const copy = backUp(file, "damaged");
  return new LocalCloudError({
    code: "STATE_UNREADABLE",
    message: `The state file ${file} is damaged.`,
    hint: `Nothing was changed, and a copy of it is ${copy}. Begin empty with \`local-cloud reset\`, or put an older copy back.`,
    cause,
  });
}

function newerFormat(file: string, format: number): LocalCloudError {
  const copy = backUp(file, `format-${format}`);
  return new LocalCloudError({
    code: "STATE_UNREADABLE",
    message: `The state file ${file} has format ${format}; this version reads formats up to ${FORMATS.length}.`,
    hint: `Use the version that wrote it, or another folder with --data DIR. Nothing was changed, and a copy of it is ${copy}.`,
  });
}
