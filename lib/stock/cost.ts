/** What a spool cost, and how much was on it for that. */
export interface Priced {
  readonly netGrams: number;
  /** In the smallest unit of the shop's currency. */
  readonly costCents: number;
}

/** What so many grams of a spool are worth, in whole cents. */
export function worthCents({ netGrams, costCents }: Priced, grams: number): number {
  return Math.round((costCents * grams) / netGrams);
}

/**
 * What is lost with what is taken off. Counted from what the spool is worth before and after, so that all uses of a
 * spool together cost what it cost, to the cent. Negative where more is on it afterwards.
 */
export function lossCents(
  spool: Priced,
  change: { readonly before: number; readonly after: number },
): number {
  return worthCents(spool, change.before) - worthCents(spool, change.after);
}
