import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Sees to it that no child process outlives this one, however this one ends. */
export interface Guard {
  /** Adds a process that this one started, or whose child this one's child is. `signal` is how it is to be ended. */
  register(pid: number, signal: "KILL" | "QUIT"): void;
  unregister(pid: number): void;
  /** A new file for `PID_FILE`. */
  pidFile(): string;
}

/** Environment variable of a workerd: the file to which it writes its process id before anything else. */
export const PID_FILE = "LOCAL_CLOUD_PID_FILE";

/**
 * When a process began, since ids of processes are used again, soon where many are started: a process that has ended is
 * not to be taken for another that has its id now. Empty where the system has no such file; then the program's name must do.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (starttime, the 20th after the name)
 */
const STARTED_OF = `
started_of() {
  [ -r "/proc/$1/stat" ] || return 0
  read -r stat <"/proc/$1/stat" || return 0
  set -- \${stat##*) }
  echo "\${20}"
}`;

/**
 * Waits for the end of its standard input, which comes when the parent is gone, then ends every registered process.
 * A file's name is the pid, its content the signal and when the process began.
 */
const WATCHDOG = `${STARTED_OF}
trap '' INT TERM HUP QUIT
cat >/dev/null
for file in "$1"/*; do
  [ -f "$file" ] || continue
  pid=\${file##*/}
  started=
  read -r signal started <"$file"
  [ "$started" = "$(started_of "$pid")" ] || continue
  case "$(ps -o args= -p "$pid" 2>/dev/null || tr '\\0' ' ' </proc/"$pid"/cmdline 2>/dev/null)" in
    *workerd*|*postgres*) kill -"$signal" "$pid" 2>/dev/null ;;
  esac
done
rm -rf "$1" "$2"
`;

/** The runtime's program. Required, since loaders disagree on what the default import of this CommonJS module is. */
const { default: WORKERD } = createRequire(import.meta.url)("workerd") as { readonly default: string };

let guard: Guard | undefined;

/**
 * The guard of this process, made on first use. Every workerd that miniflare starts afterwards registers itself.
 * SIGKILL of this process ends the children within a second.
 */
export function childGuard(): Guard {
  guard ??= createGuard();
  return guard;
}

function createGuard(): Guard {
  const folder = mkdtempSync(join(tmpdir(), "local-cloud-children-"));
  const pids = join(folder, "pids");
  const named = join(folder, "named");
  mkdirSync(pids);
  mkdirSync(named);
  const wrapper = join(folder, "workerd");
  writeFileSync(
    wrapper,
    `#!/bin/sh${STARTED_OF}\necho "KILL $(started_of $$)" >"${pids}/$$"\n[ -z "$${PID_FILE}" ] || echo $$ >"$${PID_FILE}"\nexec "${WORKERD}" "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  // Miniflare has no option for it. @see getRuntimeCommand in miniflare's source
  process.env["MINIFLARE_WORKERD_PATH"] = wrapper;
  const watchdog = spawn("/bin/sh", ["-c", WATCHDOG, "local-cloud-watchdog", pids, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?(): void }).unref?.();
  return {
    register: (pid, signal) => writeFileSync(join(pids, String(pid)), `${signal} ${startedOf(pid)}\n`),
    pidFile: () => join(named, randomUUID()),
    unregister: (pid) => rmSync(join(pids, String(pid)), { force: true }),
  };
}

/** As the shell's function of that name. */
function startedOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
