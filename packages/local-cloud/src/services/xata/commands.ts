/** A program to run, as a value. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The user and group that the process changes to; undefined keeps this process's own. */
  readonly user?: Identity | undefined;
}

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As whom PostgreSQL runs, which refuses to be root: as the one who starts it, as `nobody`, or as root whom a user namespace
 * shows as `nobody` (for when `nobody` can't exist or can't reach the files).
 */
export type RunAs =
  | { readonly kind: "self" }
  | { readonly kind: "nobody"; readonly identity: Identity }
  | { readonly kind: "disguised"; readonly identity: Identity };

/** `program` with `args`, run as `runAs` says. The process id stays that of the program. */
export function commandAs(runAs: RunAs, program: string, args: readonly string[]): Command {
  if (runAs.kind === "self") return { program, arguments: args };
  if (runAs.kind === "nobody") return { program, arguments: args, user: runAs.identity };
  return { program: "unshare", arguments: [...disguise(runAs.identity), program, ...args] };
}

/**
 * `program` asked by the kernel for a fast shutdown when the process that started it is gone, for whatever reason. The innermost
 * wrapper, because a change of user or namespace would cancel it.
 * @see https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html
 */
export function endingWithParent(
  program: string,
  args: readonly string[],
): readonly [string, readonly string[]] {
  return ["setpriv", ["--pdeathsig", "SIGINT", "--", program, ...args]];
}

/** @see https://man7.org/linux/man-pages/man1/unshare.1.html */
export function disguise(identity: Identity): readonly string[] {
  return ["--user", `--map-user=${identity.uid}`, `--map-group=${identity.gid}`, "--"];
}

/**
 * Makes an empty cluster. Text sorts and compares by code point, the same on each machine; every connection needs a password.
 * Files of the write-ahead log are as small as can be, since each that is archived is copied whole.
 * @see https://www.postgresql.org/docs/18/app-initdb.html
 */
export function initdbArguments(options: {
  readonly clusterDir: string;
  readonly superuser: string;
  readonly passwordFile: string;
}): readonly string[] {
  return [
    `--pgdata=${options.clusterDir}`,
    `--username=${options.superuser}`,
    `--pwfile=${options.passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--wal-segsize=1",
  ];
}

/** Where a cluster that is made from a base copy finds what was written after it, and when to stop. */
export interface Recovery {
  /** Folders with files of the write-ahead log; the first that has one is used. */
  readonly walFolders: readonly string[];
  /** The last instant, in ISO's form with an offset or `Z`, whose transactions are kept; undefined: all of them. */
  readonly targetTime: string | undefined;
}

/**
 * Runs the cluster behind a Unix socket only; the gateway is its door to the network. `fsync` stays on: what was committed
 * outlives a SIGKILL. It logs its own life, not its clients' mistakes: statements and values can hold secrets. What it writes
 * ahead is archived, so that the cluster can be restored to a point in time.
 * @see https://www.postgresql.org/docs/18/continuous-archiving.html
 */
export function postgresArguments(options: {
  readonly clusterDir: string;
  readonly socketDir: string;
  readonly archiveDir: string;
  readonly maxConnections?: number | undefined;
  readonly recovery?: Recovery | undefined;
}): readonly string[] {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: options.socketDir,
    unix_socket_permissions: "0700",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_checkpoints: "off",
    max_connections: String(options.maxConnections ?? MAX_CONNECTIONS),
    archive_mode: "on",
    archive_command: archiveCommand(options.archiveDir),
    ...(options.recovery && recoverySettings(options.recovery)),
  };
  return [
    "-D",
    options.clusterDir,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

const MAX_CONNECTIONS = 100;

/** The file has its name only once it is whole. The same file may be archived twice, when PostgreSQL was killed in between. */
function archiveCommand(archiveDir: string): string {
  const file = `${shellWord(archiveDir)}/%f`;
  return `cp %p ${file}.partial && mv -f ${file}.partial ${file}`;
}

/** @see https://www.postgresql.org/docs/18/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET */
function recoverySettings({ walFolders, targetTime }: Recovery): Readonly<Record<string, string>> {
  return {
    hot_standby: "off",
    restore_command: walFolders.map((folder) => `cp ${shellWord(folder)}/%f %p 2>/dev/null`).join(" || "),
    // At its start PostgreSQL knows no names of time zones yet, `Z` among them.
    ...(targetTime === undefined ? {} : { recovery_target_time: targetTime.replace(/Z$/iu, "+00:00") }),
    recovery_target_action: "promote",
  };
}

/** One word for the shell that runs PostgreSQL's commands, where `%` has a meaning too. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
}
