import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Drill } from "local-cloud/drills";
import { refsOf, survivors } from "./leaks.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const ENDS_WITHIN_MS = 20_000;

const SIGNALS = [
  // As a terminal sends Ctrl-C: to the whole group.
  { signal: "SIGINT", toGroup: true, exit: 130 },
  { signal: "SIGTERM", toGroup: false, exit: 130 },
  { signal: "SIGKILL", toGroup: false, exit: "SIGKILL" },
] as const;

/** What a rehearsal says, in this order; each is a moment to be ended at. */
const MOMENTS = [
  "A local cloud starts",
  "The workflow file runs",
  "Test and build",
  "is replaced by",
  "✓ Build",
  "migrating the database",
  "uploading the version",
  "routing 100 %",
  "from now on staging",
  "approved for production",
  "both environments serve",
  "is stopped in staging",
] as const;

export interface Interruption {
  readonly signal: (typeof SIGNALS)[number];
  readonly moment: (typeof MOMENTS)[number];
}

/** Every signal at every moment. */
export const interruptions: readonly Interruption[] = MOMENTS.flatMap((moment) =>
  SIGNALS.map((signal) => ({ signal, moment })),
);

/**
 * Starts a rehearsal, ends it at the moment, and starts another on the same data folder.
 * Returns what is wrong, as sentences: none where no process, no lock and no ref is left.
 */
export async function interrupt({ signal: { signal, toGroup, exit }, moment }: Interruption) {
  const dataDir = mkdtempSync(join(tmpdir(), "interrupted-"));
  const faults: string[] = [];
  const refs = JSON.stringify(await refsOf(PROJECT));
  const endOf = async (rehearsal: Started, wanted: number | string) => {
    const ended = await within(ENDS_WITHIN_MS, rehearsal.ended);
    if (ended !== wanted) faults.push(`it ended with ${String(ended)}, not with ${wanted}`);
    faults.push(...(await survivors(dataDir)).map((line) => `a process is left: ${line}`));
  };

  const rehearsal = await startRehearsal(dataDir, moment);
  process.kill(toGroup ? -rehearsal.pid : rehearsal.pid, signal);
  await endOf(rehearsal, exit);
  if (JSON.stringify(await refsOf(PROJECT)) !== refs) faults.push("refs of the project changed");
  const again = await startRehearsal(dataDir, "The workflow file runs");
  process.kill(-again.pid, "SIGINT");
  await endOf(again, 130);
  rmSync(dataDir, { recursive: true, force: true });
  return faults;
}

export const interruptDrill: Drill = {
  about:
    "a rehearsal that is ended by any signal at any moment leaves no process, no lock and no ref, and the next one starts",
  run: async ({ log, only, once }) => {
    const results = [];
    for (const interruption of interruptions) {
      const part = `${interruption.signal.signal} at "${interruption.moment}"`;
      if (!part.includes(only)) continue;
      const result = await once(part, async () => {
        const faults = await interrupt(interruption);
        return { ok: faults.length === 0, part, faults };
      });
      results.push(result);
      log(`${part}: ${result.faults.join("; ") || "nothing is left"}`);
    }
    return { ok: results.every(({ ok }) => ok), result: results };
  },
};

interface Started {
  readonly pid: number;
  readonly ended: Promise<number | string | null>;
}

/** In a process group of its own, as a terminal does; waits until it says the words. */
function startRehearsal(dataDir: string, words: string): Promise<Started> {
  const argv = [join(PROJECT, "rehearsals", "src", "main.ts"), "rehearse", "--data", dataDir];
  const child = spawn(process.execPath, argv, {
    cwd: PROJECT,
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
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
