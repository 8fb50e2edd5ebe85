import { constants } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { ending } from "./adapters/ending.ts";
import type { End } from "./report/summary.ts";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** Times since the signal. A program that is stopped is killed after five seconds and more, by CI and by us. */
const QUIET_BY_MS = 2000;
const RELEASED_BY_MS = 4000;
const TOLD_BY_MS = 4500;

/** What ended the process, and the code that it ends with. */
interface Cause {
  readonly signal: NodeJS.Signals;
  readonly exitCode: number;
}

type Tell = (end: End, cause: Cause) => Promise<void>;

/**
 * From now on a signal ends the process within five seconds, with 128 and the signal's number: nothing new begins, programs
 * that it has started are ended, and the lease is given back. A second signal ends it at once.
 * @returns what undoes that
 */
export function endBySignals(tell: Tell): () => void {
  let told = false;
  const end = (signal: NodeJS.Signals) => {
    if (told) leave(signal);
    told = true;
    void endInOrder(signal, tell).finally(() => leave(signal));
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}

function leave(signal: NodeJS.Signals): never {
  ending.kill();
  // oxlint-disable-next-line unicorn/no-process-exit -- what was cut off never comes back
  process.exit(exitCodeOf(signal));
}

function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

async function endInOrder(signal: NodeJS.Signals, tell: Tell): Promise<void> {
  const startedMs = performance.now();
  const by = (ms: number) => sleep(Math.max(0, startedMs + ms - performance.now()), false);
  // The terminal may be gone.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const quiet = await ending.begin(QUIET_BY_MS);
  const released = quiet && (await Promise.race([giveBack(), by(RELEASED_BY_MS)]));
  const { sentence, next } = presentEnd(signal, released);
  process.stderr.write(`\ndelivery: ${sentence}\n  ${next}\n`);
  await Promise.race([
    tell({ ok: false, sentence, next }, { signal, exitCode: exitCodeOf(signal) }),
    by(TOLD_BY_MS),
  ]);
}

/** Whether every lease was given back. */
async function giveBack(): Promise<boolean> {
  const given = await Promise.allSettled(ending.holds().map(({ release }) => release()));
  return given.every(({ status }) => status === "fulfilled");
}

function presentEnd(
  signal: NodeJS.Signals,
  released: boolean,
): { readonly sentence: string; readonly next: string } {
  const [environment] = ending.holds().map((hold) => hold.environment);
  if (environment === undefined) return { sentence: `It was ended by ${signal}.`, next: "Run it again." };
  const lease = released
    ? "its lease was given back"
    : "its lease is taken over by whoever delivers next, from another machine when its term is over";
  return {
    sentence: `It was ended by ${signal}; ${environment} serves what it served at that moment, and ${lease}.`,
    next: `Run it again: what is unfinished is taken back or finished first. Or go on with a rollout: npx delivery resume ${environment}`,
  };
}
