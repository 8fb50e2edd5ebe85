import { access, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { LocalCloudError } from "../../errors.ts";
import type { PostgresCluster } from "./postgres.ts";
import { until } from "./until.ts";

/** A copy of a whole cluster. Every instant from `takenAtMs` on can be restored from it and the archive. */
export interface BaseCopy {
  readonly takenAtMs: number;
  readonly folder: string;
}

/** The archiver copies a file of 1 MB (16 MB in clusters of older versions) at a time. */
const ARCHIVED_MS = 30_000;
const LOG_FILE = /^[0-9A-F]{24}$/u;
/** Belongs to a running cluster or is made again at its start. @see https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP-DATA */
const NOT_COPIED = new Set(["pg_wal", "postmaster.pid", "postmaster.opts", "pg_replslot", "recovery.signal"]);

/** Base copies, oldest first. */
export async function listBaseCopies(cluster: PostgresCluster): Promise<readonly BaseCopy[]> {
  const names = await readdir(cluster.basesDir);
  return names
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => ({ takenAtMs: Number(name), folder: join(cluster.basesDir, name) }))
    .toSorted((one, other) => one.takenAtMs - other.takenAtMs);
}

/** Copies a cluster that doesn't run. Where the file system can share blocks, the copy takes no room of its own. */
export async function takeBaseCopy(cluster: PostgresCluster, nowMs: number): Promise<void> {
  const partial = join(cluster.basesDir, "partial");
  await rm(partial, { recursive: true, force: true });
  await copy(cluster, [cluster.clusterDir], partial);
  await rm(join(partial, "postmaster.pid"), { force: true });
  await rename(partial, join(cluster.basesDir, String(nowMs)));
}

/**
 * Removes what no restore within the last `retentionMs` needs: base copies that a later one makes superfluous, and what was
 * archived before the oldest that stays.
 */
export async function dropOldBackups(
  cluster: PostgresCluster,
  { nowMs, retentionMs }: { readonly nowMs: number; readonly retentionMs: number },
): Promise<void> {
  const copies = await listBaseCopies(cluster);
  const oldest = copies.findLast(({ takenAtMs }) => takenAtMs <= nowMs - retentionMs);
  if (oldest === undefined || oldest === copies[0]) return;
  for (const { takenAtMs, folder } of copies) {
    if (takenAtMs < oldest.takenAtMs) await rm(folder, { recursive: true, force: true });
  }
  const first = (await logFiles(join(oldest.folder, "pg_wal")))[0];
  if (first === undefined) return;
  for (const file of await logFiles(cluster.archiveDir)) {
    if (position(file) < position(first)) await rm(join(cluster.archiveDir, file), { force: true });
  }
}

/**
 * Copies `source`, which runs and goes on running, as the data of `target`, which doesn't exist yet: all that was committed
 * before the call is in it.
 * @see https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function copyRunning(source: PostgresCluster, target: PostgresCluster): Promise<void> {
  const partial = `${target.clusterDir}.partial`;
  await target.asPostgres(COPYING, "mkdir", [
    "-m",
    "700",
    ...[partial, join(partial, "pg_wal"), join(partial, "pg_replslot")],
  ]);
  const label = await source.asSuperuser(async (client) => {
    await client.query("SELECT pg_backup_start('branch', fast => true)");
    await copyLiveData(source, target, `${partial}/`);
    const { rows } = await client.query<{ label: string; last: string }>(
      "SELECT labelfile AS label, pg_walfile_name(lsn) AS last FROM pg_backup_stop(wait_for_archive => false)",
    );
    return rows[0];
  });
  const first = /\(file ([0-9A-F]{24})\)/u.exec(label?.label ?? "")?.[1];
  if (label === undefined || first === undefined) throw lost("the label of a copy");
  await archived(source, label.last);
  const needed = (await logFiles(source.archiveDir)).filter(
    (file) => position(file) >= position(first) && position(file) <= position(label.last),
  );
  await copy(
    target,
    needed.map((file) => join(source.archiveDir, file)),
    `${join(partial, "pg_wal")}/`,
  );
  await target.writeFile(join(partial, "backup_label"), label.label);
  await rename(partial, target.clusterDir);
}

/** Makes the data of `target` from a base copy, ready to recover from `walFolders` when it starts. */
export async function copyFromBase(base: BaseCopy, target: PostgresCluster): Promise<void> {
  const partial = `${target.clusterDir}.partial`;
  await copy(target, [base.folder], partial);
  await target.writeFile(join(partial, "recovery.signal"), "");
  await rename(partial, target.clusterDir);
}

/** Sees to it that everything committed so far is in the archive. The cluster must run. */
export async function archiveEverything(cluster: PostgresCluster): Promise<void> {
  const file = await cluster.asSuperuser(async (client) => {
    // A commit of its own: a recovery stops at the first one after its target, and an empty file is not archived.
    await client.query("SELECT pg_current_xact_id()");
    const { rows } = await client.query<{ file: string }>("SELECT pg_walfile_name(pg_switch_wal()) AS file");
    return rows[0]?.file;
  });
  if (file === undefined) throw lost("the write-ahead log");
  await archived(cluster, file);
}

/** Where everything is that was written after the base copies; the running or crashed cluster's own files come last. */
export function walFolders(cluster: PostgresCluster): readonly string[] {
  return [cluster.archiveDir, join(cluster.clusterDir, "pg_wal")];
}

const COPYING = "PostgreSQL's data can't be copied";

async function copy(as: PostgresCluster, sources: readonly string[], target: string): Promise<void> {
  const flags = process.platform === "linux" ? ["-a", "--reflink=auto"] : ["-a"];
  await as.asPostgres(COPYING, "cp", [...flags, ...sources, target]);
}

/** A file that is dropped while it is copied makes one attempt fail; the log says what became of it. */
async function copyLiveData(source: PostgresCluster, target: PostgresCluster, folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const entries = (await readdir(source.clusterDir)).filter((name) => !NOT_COPIED.has(name));
    const paths = entries.map((name) => join(source.clusterDir, name));
    try {
      return await copy(target, paths, folder);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

const ATTEMPTS = 3;

async function archived(cluster: PostgresCluster, file: string): Promise<void> {
  const isThere = async () =>
    access(join(cluster.archiveDir, file)).then(
      () => true,
      () => false,
    );
  if (!(await until(isThere, ARCHIVED_MS))) throw lost(`${file} of the write-ahead log`);
}

async function logFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => LOG_FILE.test(name)).toSorted();
}

/** The place of a file of the write-ahead log, whatever timeline it is of. */
function position(file: string): string {
  return file.slice(8);
}

function lost(what: string): LocalCloudError {
  return new LocalCloudError({
    code: "DATABASE_FAILED",
    message: `PostgreSQL doesn't give ${what} away.`,
    hint: "A full disk is the usual cause; PostgreSQL's own lines in the log say more.",
  });
}
