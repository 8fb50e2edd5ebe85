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
  ];
}

/**
 * Runs the cluster behind a Unix socket only; the gateway is its door to the network. `fsync` stays on: what was committed
 * outlives a SIGKILL. It logs its own life, not its clients' mistakes: statements and values can hold secrets.
 */
export function postgresArguments(options: {
  readonly clusterDir: string;
  readonly socketDir: string;
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
    max_connections: "100",
  };
  return [
    "-D",
    options.clusterDir,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}
