import { lossCents, type Priced } from "./cost.ts";
import { centigrams, gramsOf } from "./grams.ts";

/** A spool with what is on it. */
export interface StockedSpool extends Priced {
  readonly id: string;
  readonly filamentId: string;
  readonly remainingGrams: number;
  readonly createdAt: Date;
}

/** So much off one spool. */
export interface Take {
  readonly spoolId: string;
  readonly grams: number;
  readonly costCents: number;
}

export interface TakePlan {
  /** In the order in which the spools are used up; none of 0 g. */
  readonly takes: readonly Take[];
  /** What the spools lack. */
  readonly missingGrams: number;
}

/** Spools that were begun come first, the oldest of them before the others, so that the shelf doesn't fill with rests. */
export function inOrderOfUse<Spool extends StockedSpool>(spools: readonly Spool[]): readonly Spool[] {
  return spools.toSorted(
    (a, b) =>
      Number(isBegun(b)) - Number(isBegun(a)) ||
      a.createdAt.getTime() - b.createdAt.getTime() ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Takes from the first spool what is on it, and what is still needed from the next. No spool gives more than it holds. */
export function planTakes(neededGrams: number, spools: readonly StockedSpool[]): TakePlan {
  const takes: Take[] = [];
  let missing = centigrams(neededGrams);
  for (const spool of inOrderOfUse(spools)) {
    const taken = Math.min(missing, centigrams(spool.remainingGrams));
    if (taken > 0) takes.push(takeOff(spool, gramsOf(taken)));
    missing -= Math.max(0, taken);
  }
  return { takes, missingGrams: gramsOf(missing) };
}

/** @param grams no more than the spool holds */
export function takeOff(spool: StockedSpool, grams: number): Take {
  const after = gramsOf(centigrams(spool.remainingGrams) - centigrams(grams));
  return { spoolId: spool.id, grams, costCents: lossCents(spool, { before: spool.remainingGrams, after }) };
}

/** The spools as they are afterwards. */
export function afterTakes(spools: readonly StockedSpool[], takes: readonly Take[]): readonly StockedSpool[] {
  const taken = Map.groupBy(takes, ({ spoolId }) => spoolId);
  return spools.map((spool) => {
    const gone = (taken.get(spool.id) ?? []).reduce((sum, { grams }) => sum + centigrams(grams), 0);
    return gone === 0
      ? spool
      : { ...spool, remainingGrams: gramsOf(centigrams(spool.remainingGrams) - gone) };
  });
}

function isBegun({ remainingGrams, netGrams }: StockedSpool): boolean {
  return remainingGrams < netGrams;
}
