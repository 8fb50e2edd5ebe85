import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "testkit";
import { describe, expect, test } from "vitest";
import { refsOf, survivors } from "./leaks.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const ENDS_WITHIN_MS = 20_000;
const TEST_LIMIT_MS = 120_000;

/** Starts a rehearsal in a process group of its own, as a terminal does, and waits until it says something. */
function startRehearsal(
  dataDir: string,
  words: string,
): Promise<{ readonly pid: number; readonly ended: Promise<number | string | null> }> {
  const child = spawn(
    process.execPath,
    [join(PROJECT, "rehearsals", "src", "main.ts"), "rehearse", "--data", dataDir],
    {
      cwd: PROJECT,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(code ?? signal)),
  );
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes(words)) resolve({ pid: child.pid ?? 0, ended });
    });
    child.once("exit", () => reject(new Error(`it ended before it said "${words}":\n${text}`)));
  });
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = sleep(limitMs, undefined, { ref: false }).then(() => {
    throw new Error(`not within ${limitMs} ms`);
  });
  return Promise.race([work, late]);
}

describe("a rehearsal that is ended", () => {
  test.each([
    // As a terminal sends Ctrl-C: to the whole group.
    { signal: "SIGINT", group: true, words: "The workflow file runs", exit: 130 },
    { signal: "SIGTERM", group: false, words: "Test and build", exit: 130 },
    { signal: "SIGKILL", group: false, words: "is replaced by", exit: "SIGKILL" },
  ])(
    'by $signal while it says "$words" leaves no process, no lock and no ref',
    async ({ signal, group, words, exit }) => {
      const dataDir = temporaryFolder("lifetime");
      const before = await refsOf(PROJECT);
      const { pid, ended } = await startRehearsal(dataDir, words);

      process.kill(group ? -pid : pid, signal);

      expect(await within(ENDS_WITHIN_MS, ended)).toBe(exit);
      expect(await survivors(dataDir)).toEqual([]);
      expect(await refsOf(PROJECT)).toEqual(before);
      const again = await startRehearsal(dataDir, "The workflow file runs");
      process.kill(-again.pid, "SIGINT");
      expect(await within(ENDS_WITHIN_MS, again.ended)).toBe(130);
      expect(await survivors(dataDir)).toEqual([]);
    },
    TEST_LIMIT_MS,
  );
});
