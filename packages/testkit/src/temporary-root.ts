import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Holds the folder's name once a run has one. */
const VARIABLE = "TEST_RUN_TMPDIR";

/**
 * Reads what nobody writes, until the run has ended; then its processes get a moment to end too, and take their last files with them.
 */
const REMOVER = 'read -r _; for _ in 1 2 3 4 5; do sleep 1; rm -rf "$1" 2>/dev/null && exit; done';

/**
 * Vitest runs it once before all test files: from then on, what asks for the system's temporary folder gets one of this run's own,
 * which is removed when the run has ended in whatever way. Its name is short, since sockets are made in it.
 */
export function setup(): void {
  if (process.env[VARIABLE] !== undefined) return;
  const root = mkdtempSync(join(tmpdir(), "t-"));
  // As the system's: PostgreSQL's user makes files in it too.
  chmodSync(root, 0o1777);
  process.env[VARIABLE] = root;
  process.env["TMPDIR"] = root;
  const remover = spawn("/bin/sh", ["-c", REMOVER, "temporary-root", root], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  remover.unref();
  (remover.stdin as unknown as { unref?(): void }).unref?.();
}
