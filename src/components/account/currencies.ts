/** ISO 4217: those of the places where most printers stand. The API takes any. */
const COMMON = [
  "EUR",
  "USD",
  "GBP",
  "CHF",
  "AUD",
  "BRL",
  "CAD",
  "CNY",
  "CZK",
  "DKK",
  "HKD",
  "HUF",
  "INR",
  "JPY",
  "KRW",
  "MXN",
  "NOK",
  "NZD",
  "PLN",
  "RON",
  "SEK",
  "SGD",
  "TRY",
  "TWD",
  "UAH",
  "ZAR",
];

/** Currencies to choose from, the one that is set among them. */
export function currencyOptions(set: string): readonly { readonly value: string; readonly text: string }[] {
  const codes = COMMON.includes(set) ? COMMON : [set, ...COMMON];
  return codes.map((code) => ({ value: code, text: code }));
}
