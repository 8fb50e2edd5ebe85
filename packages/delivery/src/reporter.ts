import { appendDurably } from "./adapters/journal.ts";
import type { Clock, Reporter } from "./ports.ts";

/** Lines for people on standard error, and NDJSON events in a file for programs. */
export function createReporter(options: {
  readonly clock: Clock;
  readonly eventsFile: string | undefined;
  readonly write: (text: string) => void;
}): Reporter {
  const { clock, eventsFile, write } = options;
  const startedAtMs = clock.monotonicMs();
  const say = (line: string) => write(`${elapsed(clock.monotonicMs() - startedAtMs)}  ${line}\n`);
  return {
    say,
    measured: ({ probe, result, detail }) => {
      if (result !== "pass") say(`        ${probe}: ${result}: ${detail}`);
    },
    recorded: (entry) => {
      if (eventsFile !== undefined) appendDurably(eventsFile, `${JSON.stringify(entry)}\n`);
    },
  };
}

function elapsed(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)}s`;
}
