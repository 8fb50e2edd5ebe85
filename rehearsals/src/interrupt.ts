import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Drill } from "local-cloud/drills";
import { refsOf, survivors } from "./leaks.ts";
import { startCommand, type Running } from "./terminal.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const ENDS_WITHIN_MS = 20_000;
/** A whole rehearsal takes a third of it. */
const SAYS_WITHIN_MS = 300_000;

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
 * @throws when a rehearsal doesn't come to its moment in time, or doesn't end. None goes on then
 */
export async function interrupt(
  { signal: { signal, toGroup, exit }, moment }: Interruption,
  saysWithinMs = SAYS_WITHIN_MS,
): Promise<readonly string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "interrupted-"));
  const refs = JSON.stringify(await refsOf(PROJECT));
  const end = [signal, toGroup ? "group" : "command"] as const;
  const faults = [...(await startAndEnd(dataDir, { words: moment, saysWithinMs, end, exit }))];
  if (JSON.stringify(await refsOf(PROJECT)) !== refs) faults.push("refs of the project changed");
  const again = {
    words: "The workflow file runs",
    saysWithinMs,
    end: ["SIGINT", "group"],
    exit: 130,
  } as const;
  faults.push(...(await startAndEnd(dataDir, again)));
  rmSync(dataDir, { recursive: true, force: true });
  return faults;
}

/** A rehearsal from its start until it is ended, which is when it says the words. */
async function startAndEnd(
  dataDir: string,
  how: {
    readonly words: string;
    readonly saysWithinMs: number;
    readonly end: Readonly<Parameters<Running["signal"]>>;
    readonly exit: number | string;
  },
): Promise<readonly string[]> {
  const rehearsal = startRehearsal(dataDir);
  try {
    await rehearsal.said(how.words, how.saysWithinMs);
    rehearsal.signal(...how.end);
    const { exitCode, signal } = await within(ENDS_WITHIN_MS, rehearsal.finished);
    const ended = signal ?? exitCode;
    const left = await survivors(dataDir);
    return [
      ...(ended === how.exit ? [] : [`it ended with ${ended}, not with ${how.exit}`]),
      ...left.map((line) => `a process is left: ${line}`),
    ];
  } finally {
    rehearsal.signal("SIGKILL", "group");
  }
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

/** In a terminal of its own. */
function startRehearsal(dataDir: string): Running {
  const argv = [join(PROJECT, "rehearsals", "src", "main.ts"), "rehearse", "--data", dataDir];
  return startCommand({ argv: [process.execPath, ...argv], cwd: PROJECT, env: process.env });
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = sleep(limitMs, undefined, { ref: false }).then(() => {
    throw new Error(`not within ${limitMs} ms`);
  });
  return Promise.race([work, late]);
}
