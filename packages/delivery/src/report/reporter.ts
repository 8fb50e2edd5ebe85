import { appendFileSync } from "node:fs";
import { appendDurably } from "../adapters/journal.ts";
import type { Notifier } from "../adapters/webhook.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { Clock, Reporter } from "../ports.ts";
import { presentLive, viewEntry, viewMeasurement, type LiveView } from "./live.ts";
import { presentSummary, type End } from "./summary.ts";

/** Where reports go. */
export interface ReporterParts {
  readonly clock: Clock;
  readonly eventsFile: string | undefined;
  /** Markdown for a CI job's page. */
  readonly summaryFile: string | undefined;
  readonly notifier: Notifier;
  readonly write: (text: string) => void;
  /** Width of the terminal; undefined where lines can't be written over, such as in CI. */
  readonly columns: () => number | undefined;
}

/** A reporter that is told how its command ended. */
export interface EndingReporter extends Reporter {
  /** Writes the summary and waits a moment for notifications. */
  finish(end: End): Promise<void>;
}

/**
 * Lines for people on standard error with a live one below them where that is a terminal; NDJSON events in a file for programs;
 * a summary for CI; notifications.
 */
export function createReporter(parts: ReporterParts): EndingReporter {
  const { clock, eventsFile, summaryFile, notifier, write, columns } = parts;
  const startedAtMs = clock.monotonicMs();
  const recorded: LedgerEntry[] = [];
  let view: LiveView | undefined;
  let drawn = false;

  function draw(): void {
    const width = columns();
    if (width === undefined) return;
    if (drawn) write(CLEAR);
    drawn = view !== undefined;
    if (view !== undefined) write(presentLive(view, width));
  }

  function say(line: string): void {
    if (drawn) write(CLEAR);
    drawn = false;
    write(`${elapsed(clock.monotonicMs() - startedAtMs)}  ${line}\n`);
    draw();
  }

  return {
    say,
    measured: (measurement) => {
      const { probe, result, detail } = measurement;
      view = viewMeasurement(view, measurement);
      if (result === "pass") draw();
      else say(`        ${probe}: ${result}: ${detail}`);
    },
    recorded: (entry) => {
      recorded.push(entry);
      if (eventsFile !== undefined) appendDurably(eventsFile, `${JSON.stringify(entry)}\n`);
      notifier.notify(entry);
      view = viewEntry(view, entry);
      draw();
    },
    finish: async (end) => {
      view = undefined;
      draw();
      const summary = presentSummary(recorded, end);
      if (summaryFile !== undefined && summary !== "") writeSummary(summaryFile, summary, say);
      await notifier.settle();
    },
  };
}

/** To the line's beginning, and what is there erased. */
const CLEAR = "\r\u{1b}[2K";

/** A page that can't be written to is no reason for a delivery to fail. */
function writeSummary(file: string, text: string, say: (line: string) => void): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    say(`the summary was not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function elapsed(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)}s`;
}
