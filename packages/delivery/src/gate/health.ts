import { VERSION_HEADER } from "health-contract";
import { healthReportSchema, type HealthReport } from "health-contract/report";
import type { Measurement, Verdict } from "../ledger/entry.ts";
import type { ProbeAnswer } from "../ports.ts";

/** What a health answer must show to count for a version. */
export interface HealthExpectation {
  readonly probe: string;
  readonly versionId: string;
  readonly environment: string;
}

/**
 * One answer of `/health`, judged. A pass counts only when the version that answers is the one that was asked for; a
 * healthy reply of another version says nothing about it and is an error.
 */
export function measureHealth(expected: HealthExpectation, answer: ProbeAnswer): Measurement {
  const { probe } = expected;
  const error = (detail: string): Measurement => ({ probe, result: "error", detail });
  const fail = (detail: string): Measurement => ({ probe, result: "fail", detail });
  if (answer.kind === "none") return error(answer.reason);
  const answering = answer.headers[VERSION_HEADER];
  const report = parseReport(answer.body);
  if (report === undefined) {
    if (answering === expected.versionId || answering === undefined)
      return fail(`HTTP ${answer.status} and ${NO_REPORT}`);
    return error(`version ${answering} answered`);
  }
  if (report.version !== expected.versionId) return error(`version ${report.version} answered`);
  if (report.environment !== expected.environment) return fail(`it runs as ${report.environment}`);
  if (answer.status !== 200 || report.status !== "healthy")
    return fail(`HTTP ${answer.status}, ${troubles(report)}`);
  return { probe, result: "pass", detail: `HTTP 200 in ${Math.round(answer.durationMs)} ms` };
}

const NO_REPORT = "no health report";

/** Whether a version failed because it has no health report, and not because it is unhealthy. */
export function lacksReport({ measurements }: Verdict): boolean {
  return measurements.at(-1)?.detail.endsWith(NO_REPORT) === true;
}

function parseReport(body: string): HealthReport | undefined {
  try {
    return healthReportSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function troubles(report: HealthReport): string {
  const services = Object.entries(report.services).filter(([, state]) => state !== "ok");
  const absent = Object.entries(report.configuration).filter(([, presence]) => presence === "absent");
  // Which names may be absent is the app's own affair; they are worth a word only when nothing else explains the answer.
  const words =
    services.length > 0
      ? services.map(([name, state]) => `${name} ${state}`)
      : absent.map(([name]) => `${name} absent`);
  return words.join(", ") || report.status;
}

export interface HealthRules {
  /** Healthy answers in a row that make a pass. */
  readonly passes: number;
  /** Unhealthy ones in a row that make a failure. */
  readonly failures?: number;
}

/**
 * The verdict so far: `pass` after that many passes in a row; `fail` at the first `fail`, since a version that answers
 * unhealthy is unhealthy; otherwise undecided (undefined) until time is up. Errors are no evidence either way.
 */
export function decideHealth(
  gate: string,
  measurements: readonly Measurement[],
  { passes, failures = FAILS_TO_FAIL }: HealthRules,
): Verdict | undefined {
  const latest = measurements.at(-1);
  if (latest?.result === "fail" && consecutive(measurements, "fail") >= failures)
    return { gate, result: "fail", measurements: [latest] };
  const inARow = measurements.slice(-passes);
  const passed = inARow.length === passes && inARow.every(({ result }) => result === "pass");
  return passed ? { gate, result: "pass", measurements: inARow } : undefined;
}

/** One failure may be a dependency that hiccups; three in a row are the candidate's. */
const FAILS_TO_FAIL = 3;

function consecutive(measurements: readonly Measurement[], result: Measurement["result"]): number {
  const broken = measurements.findLastIndex((measurement) => measurement.result !== result);
  return measurements.length - 1 - broken;
}

/** Whether so many questions in a row came to nothing: the candidate is out of reach, or another version answers for it. */
export function tooManyErrors(measurements: readonly Measurement[], limit: number): boolean {
  return consecutive(measurements, "error") >= limit;
}

/** The verdict when time is up without a decision: nothing healthy was seen, so it doesn't pass. */
export function undecidedHealth(gate: string, measurements: readonly Measurement[]): Verdict {
  return { gate, result: "fail", measurements: measurements.slice(-3) };
}
