/** The same on the server and in every browser, whatever its language. */
const LANGUAGE = "en-GB";
const NUMBER = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 });
/** By hand, since runtimes don't agree on how September is shortened. */
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const KILOGRAM = 1000;
const HOUR_SECONDS = 3600;

/** "312.5 g"; kilograms from ten on, where single grams matter to nobody. */
export function gramsText(grams: number): string {
  if (Math.abs(grams) < 10 * KILOGRAM) return `${NUMBER.format(grams)} g`;
  return `${NUMBER.format(Math.round(grams / 10) / 100)} kg`;
}

/** "€21.99". @param cents in the currency's smallest unit */
export function moneyText(cents: number, currency: string): string {
  return new Intl.NumberFormat(LANGUAGE, { style: "currency", currency }).format(cents / unitsOf(currency));
}

/** As people type it: "21.99". */
export function moneyInput(cents: number, currency: string): string {
  return String(cents / unitsOf(currency));
}

/** What people typed, in the currency's smallest unit. */
export function centsOf(typed: string, currency: string): number {
  return Math.round(Number(typed) * unitsOf(currency));
}

/** How fine an amount of money can be typed: 0.01, or 1 where there is nothing smaller. */
export function moneyStep(currency: string): number {
  return 1 / unitsOf(currency);
}

/** "2 h 5 min" */
export function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Of hours and minutes as they are typed. */
export function secondsOf({ hours, minutes }: { readonly hours: number; readonly minutes: number }): number {
  return Math.round(hours * HOUR_SECONDS + minutes * 60);
}

/** "27 Nov 2026". @param instant ISO 8601, in UTC */
export function dayText(instant: string): string {
  const [year = "", month = "", day = ""] = instant.slice(0, 10).split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ""} ${year}`;
}

/** "1 spool", "2 spools". */
export function countText(count: number, noun: string): string {
  return `${NUMBER.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function unitsOf(currency: string): number {
  const format = new Intl.NumberFormat(LANGUAGE, { style: "currency", currency });
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
}
