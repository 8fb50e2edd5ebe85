import { createHash } from "node:crypto";
import process from "node:process";
import { seededRandom } from "../random.ts";

/** With the value "all" no case is left out: that is `npm run drill -- tests`. */
export const SAMPLE_VARIABLE = "TEST_SAMPLE";
/** Which cases are taken otherwise: any whole number. vitest.config.ts takes it from the commit, so that each gets its turn. */
const SEED_VARIABLE = "TEST_SEED";
/** Of so many long tests one runs. */
const ONE_IN = 4;

/** So many of the cases, in their order, where the variable doesn't ask for all; the same ones each time for the same seed. */
export function sampled<T>(cases: readonly T[], count: number): readonly T[] {
  return takesAll() ? cases : drawn(cases, count, currentSeed());
}

/** So many of the cases, in their order; the same ones each time for the same seed. */
export function drawn<T>(cases: readonly T[], count: number, seed: number): readonly T[] {
  const random = seededRandom(seed);
  const lots = cases.map((_, index) => ({ index, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  const chosen = new Set(lots.slice(0, count).map(({ index }) => index));
  return cases.filter((_, index) => chosen.has(index));
}

/** Whether a test of this name is among those that run; each name is drawn by itself. */
export function inSample(name: string): boolean {
  const lot = createHash("sha256").update(`${currentSeed()} ${name}`).digest().readUInt32BE();
  return takesAll() || lot % ONE_IN === 0;
}

function takesAll(): boolean {
  return process.env[SAMPLE_VARIABLE] === "all";
}

function currentSeed(): number {
  return Number(process.env[SEED_VARIABLE] ?? 1);
}
