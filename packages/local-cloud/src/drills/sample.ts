import process from "node:process";
import { seededRandom } from "../random.ts";

/** With the value "all" no case is left out: that is `npm run drill -- tests`. */
export const SAMPLE_VARIABLE = "TEST_SAMPLE";
/** Which cases are taken otherwise: any whole number. */
const SEED_VARIABLE = "TEST_SEED";

/** So many of the cases, in their order, where the variable doesn't ask for all; the same ones each time for the same seed. */
export function sampled<T>(cases: readonly T[], count: number): readonly T[] {
  if (process.env[SAMPLE_VARIABLE] === "all") return cases;
  return drawn(cases, count, Number(process.env[SEED_VARIABLE] ?? 1));
}

/** So many of the cases, in their order; the same ones each time for the same seed. */
export function drawn<T>(cases: readonly T[], count: number, seed: number): readonly T[] {
  const random = seededRandom(seed);
  const lots = cases.map((_, index) => ({ index, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  const chosen = new Set(lots.slice(0, count).map(({ index }) => index));
  return cases.filter((_, index) => chosen.has(index));
}
