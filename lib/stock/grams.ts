/** Grams have two decimals at most. Sums are made of whole hundredths, so that a tenth and two tenths are three tenths. */
export function centigrams(grams: number): number {
  return Math.round(grams * 100);
}

/** Back from hundredths. */
export function gramsOf(hundredths: number): number {
  return hundredths / 100;
}

export function sumGrams(amounts: Iterable<number>): number {
  let hundredths = 0;
  for (const grams of amounts) hundredths += centigrams(grams);
  return gramsOf(hundredths);
}

/** Never below 0. */
export function gramsBeyond(grams: number, limit: number): number {
  return gramsOf(Math.max(0, centigrams(grams) - centigrams(limit)));
}

/** A share of grams, to two decimals. @param percentage from 0 to 100 */
export function shareOf(grams: number, percentage: number): number {
  return gramsOf(Math.round((centigrams(grams) * percentage) / 100));
}
