import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../ledger/entry.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createReporter } from "./reporter.ts";
import { presentSummary } from "./summary.ts";

function entry(type: LedgerEntry["type"], more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    schema: 1,
    seq: 1,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "ci", name: "ada" },
    lease: { owner: "h/1", nonce: "n" },
    environment: "production",
    rolloutId: "o-1",
    releaseId: "r-2",
    durationMs: 1200,
    type,
    ...more,
  };
}

const ROUTED = entry("routed", { percentages: { stable00: 90, candidate: 10 } });
const FAILED = entry("judged", {
  verdict: {
    gate: "health@10",
    result: "fail",
    measurements: [{ probe: "health@10", result: "fail", detail: "HTTP 503, database down" }],
  },
});

function report(columns: number | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const written: string[] = [];
  const notified: string[] = [];
  const reporter = createReporter({
    clock: createFakeClock(),
    eventsFile: join(folder, "events.ndjson"),
    summaryFile: join(folder, "summary.md"),
    notifier: { notify: ({ type }) => notified.push(type), settle: async () => undefined },
    write: (text) => written.push(text),
    columns: () => columns,
  });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { reporter, written, notified, read };
}

describe("a summary", () => {
  test("tells what was measured at which gate, what serves and what to do", () => {
    const end = { ok: false, sentence: "The gate stopped it; stable serves.", next: "Correct it." };

    expect(presentSummary([entry("lease_acquired"), ROUTED, FAILED], end).split("\n")).toEqual([
      "### ❌ production: r-2",
      "",
      "The gate stopped it; stable serves.",
      "",
      "Next: Correct it.",
      "",
      "| step | result | measured | took |",
      "| --- | --- | --- | --- |",
      "| routed |  | stable00 90 %; candidat 10 % | 1.2 s |",
      "| gate health@10 | fail | health@10: HTTP 503, database down | 1.2 s |",
      "",
      "",
    ]);
  });

  test("keeps what people wrote from becoming markup", () => {
    const text = presentSummary([entry("aborted", { reason: "a | b\n<img>" })], {
      ok: true,
      sentence: "done",
    });

    expect(text).toContain(String.raw`a \| b \<img\>`);
  });

  test("is empty for a command that decided nothing", () => {
    expect(presentSummary([entry("lease_acquired")], { ok: true, sentence: "" })).toBe("");
  });
});

describe("a report of a rollout", () => {
  test("has a live line on a terminal, which other lines push down", () => {
    const { reporter, written } = report(60);

    reporter.recorded(entry("planned"));
    reporter.recorded(ROUTED);
    reporter.measured({ probe: "p95", result: "pass", detail: "82 ms against 80 ms" });
    reporter.say("hello");

    const text = written.join("");
    expect(text).toContain("█░░░░░░░░░ 10 %  p95 pass: 82");
    expect(text.slice(text.lastIndexOf("hello"))).toContain("production  r-2");
    for (const line of text.split(/[\n\r]/u)) expect(line.replace("\u{1b}[2K", "").length).toBeLessThan(60);
  });

  test("has plain lines in CI", () => {
    const { reporter, written } = report(undefined);

    reporter.recorded(entry("planned"));
    reporter.measured({ probe: "p95", result: "fail", detail: "180 ms against 80 ms" });

    expect(written).toEqual(["   0.0s          p95: fail: 180 ms against 80 ms\n"]);
  });

  test("leaves events, a summary and notifications", async () => {
    const { reporter, notified, read } = report(undefined);

    reporter.recorded(FAILED);
    await reporter.finish({ ok: false, sentence: "It was stopped." });

    expect(JSON.parse(read("events.ndjson"))).toEqual(FAILED);
    expect(read("summary.md")).toContain("It was stopped.");
    expect(notified).toEqual(["judged"]);
  });
});
