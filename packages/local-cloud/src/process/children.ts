import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
 * Waits for the end of its standard input, which comes when the parent is gone, then ends every registered process.
 * A file's name is the pid, its content the signal. The command line is looked at first, since pids are used again.
 */
const WATCHDOG = `
trap '' INT TERM HUP QUIT
cat >/dev/null
for file in "$1"/*; do
  [ -f "$file" ] || continue
  pid=\${file##*/}
  case "$(ps -o args= -p "$pid" 2>/dev/null || tr '\\0' ' ' </proc/"$pid"/cmdline 2>/dev/null)" in
    *workerd*|*postgres*) kill -"$(cat "$file")" "$pid" 2>/dev/null ;;
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
    `#!/bin/sh\necho KILL >"${pids}/$$"\n[ -z "$${PID_FILE}" ] || echo $$ >"$${PID_FILE}"\nexec "${WORKERD}" "$@"\n`,
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
    register: (pid, signal) => writeFileSync(join(pids, String(pid)), signal),
    pidFile: () => join(named, randomUUID()),
    unregister: (pid) => rmSync(join(pids, String(pid)), { force: true }),
  };
}
