import { centigrams, gramsOf, sumGrams } from "./grams.ts";
import { afterTakes, planTakes, type StockedSpool, type Take } from "./take.ts";

export interface Need {
  readonly filamentId: string;
  readonly neededGrams: number;
}

export interface OpenJob {
  readonly id: string;
  readonly needs: readonly Need[];
}

/** What a job finds of one filament when its turn comes. */
interface NeedOutlook extends Need {
  /** What jobs before it leave. */
  readonly availableGrams: number;
  readonly missingGrams: number;
  readonly takes: readonly Take[];
  /** Of all that is needed; what is missing is counted at the price of the newest spool, or as nothing without one. */
  readonly costCents: number;
}

export interface JobOutlook {
  readonly jobId: string;
  readonly feasible: boolean;
  readonly needs: readonly NeedOutlook[];
  readonly costCents: number;
}

/**
 * Whether each job can be printed with what the jobs before it leave. A job that can't still reserves what there is:
 * whoever stands behind it in the queue doesn't get it.
 * @param jobs in the order in which they are printed
 */
export function outlookOf(jobs: readonly OpenJob[], spools: readonly StockedSpool[]): readonly JobOutlook[] {
  const stock = new Map<string, readonly StockedSpool[]>(Map.groupBy(spools, ({ filamentId }) => filamentId));
  return jobs.map((job) => {
    const needs = job.needs.map((need) => reserve(need, stock));
    return {
      jobId: job.id,
      feasible: needs.every(({ missingGrams }) => missingGrams === 0),
      needs,
      costCents: needs.reduce((sum, { costCents }) => sum + costCents, 0),
    };
  });
}

/** Takes what is needed out of `stock`. */
function reserve(need: Need, stock: Map<string, readonly StockedSpool[]>): NeedOutlook {
  const spools = stock.get(need.filamentId) ?? [];
  const { takes, missingGrams } = planTakes(need.neededGrams, spools);
  stock.set(need.filamentId, afterTakes(spools, takes));
  return {
    ...need,
    availableGrams: sumGrams(spools.map(({ remainingGrams }) => remainingGrams)),
    missingGrams,
    takes,
    costCents: takes.reduce((sum, { costCents }) => sum + costCents, priceOf(missingGrams, spools)),
  };
}

function priceOf(grams: number, spools: readonly StockedSpool[]): number {
  const newest = newestOf(spools);
  return newest === undefined ? 0 : Math.round((grams * newest.costCents) / newest.netGrams);
}

/** The spool that came last: what the next one will be like. */
function newestOf<Item extends { readonly createdAt: Date }>(spools: readonly Item[]): Item | undefined {
  return spools.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
}

/** Grams that jobs need, by filament. */
export function reservedGrams(needs: readonly Need[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { filamentId, neededGrams } of needs)
    sums.set(filamentId, (sums.get(filamentId) ?? 0) + centigrams(neededGrams));
  return new Map([...sums].map(([id, hundredths]) => [id, gramsOf(hundredths)]));
}
