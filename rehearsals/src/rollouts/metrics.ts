import { clockWrongBy } from "./beliefs.ts";
import { turnsAt } from "./gates.ts";
import type { Scenario } from "./scenario.ts";

/** Long enough that the platform's metrics have two whole minutes of a step. */
const SOAK_MS = 130_000;
const BUSY = { soakMs: SOAK_MS, metricsIntervalMs: 5000, minSamples: 100, soakIntervalMs: 2000 };
const TWO_STEPS = { ...BUSY, steps: [0, 50, 100] };
const ERRORS_STOPPED = /the gate health@(?:10|50) stopped .* of stable, more than 1\.25 times/u;

const FAILS = { errorRate: 0.3 };
const SLOW = { waitMs: 300 };

/** Candidates that are judged by the edge's own metrics, which come by the minute. */
export const metricsScenarios: readonly Scenario[] = [
  {
    name: "fails three of ten visitors from 10 % on",
    candidate: { behaviour: FAILS },
    settings: BUSY,
    visitorsPerSecond: 30,
    end: { exitCode: 3, says: ERRORS_STOPPED, serves: "stable" },
  },
  {
    name: "is slow from 10 % on",
    candidate: { behaviour: SLOW },
    settings: BUSY,
    visitorsPerSecond: 40,
    end: { exitCode: 3, says: /health@10 stopped .*ms of stable, more than 1\.25 times/u, serves: "stable" },
  },
  {
    name: "is fine at 10 %, and fails three of ten visitors at 50 %",
    candidate: { switched: true },
    settings: BUSY,
    visitorsPerSecond: 20,
    play: (stage) => turnsAt(stage, "50", FAILS),
    end: { exitCode: 3, says: /health@50 stopped .* of stable, more than 1\.25 times/u, serves: "stable" },
  },
  {
    name: "is fine at 10 %, and slow at 50 %",
    candidate: { switched: true },
    settings: BUSY,
    visitorsPerSecond: 20,
    play: (stage) => turnsAt(stage, "50", SLOW),
    end: { exitCode: 3, says: /health@50 stopped .*ms of stable, more than 1\.25 times/u, serves: "stable" },
  },
  {
    name: "fails one of a hundred visitors, where stable fails nobody",
    candidate: { behaviour: { errorRate: 0.01 } },
    settings: TWO_STEPS,
    visitorsPerSecond: 60,
    end: { exitCode: 3, says: ERRORS_STOPPED, serves: "stable" },
  },
  {
    name: "fails one of a hundred visitors, as stable does, and a person is to decide in doubt",
    stable: { behaviour: { errorRate: 0.01 } },
    candidate: { behaviour: { errorRate: 0.01 } },
    settings: { ...TWO_STEPS, onInconclusive: "pause" },
    visitorsPerSecond: 60,
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "fails three of ten visitors while the machine's clock is 3 hours slow",
    candidate: { behaviour: FAILS },
    settings: TWO_STEPS,
    visitorsPerSecond: 20,
    play: (stage) => stage.delivery(undefined, clockWrongBy(-3)),
    end: { exitCode: 3, says: ERRORS_STOPPED, serves: "stable" },
  },
];
