/** A delivery that can't begin, and why. */
export interface Refusal {
  readonly what: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sentence: string;
}

export const refusals: readonly Refusal[] = [
  {
    what: "an unknown environment",
    args: ["deploy", "stagin"],
    env: {},
    sentence: 'There is no environment "stagin"',
  },
  {
    what: "an unknown command",
    args: ["delpoy", "staging"],
    env: {},
    sentence: 'There is no command "delpoy". Did you mean "deploy"?',
  },
  {
    what: "an unknown option",
    args: ["deploy", "staging", "--relase", "x"],
    env: {},
    sentence: "Unknown option '--relase'",
  },
  {
    what: "a missing secret",
    args: ["deploy", "staging"],
    env: { API_KEY: undefined },
    sentence: "The secret API_KEY is not set.",
  },
  {
    what: "an empty secret",
    args: ["deploy", "staging"],
    env: { API_KEY: "" },
    sentence: "The secret API_KEY is empty.",
  },
  {
    what: "a wrong token",
    args: ["deploy", "staging"],
    env: { CLOUDFLARE_API_TOKEN: "wrong" },
    sentence: "Cloudflare refuses the API token",
  },
  {
    what: "another account",
    args: ["deploy", "staging"],
    env: { CLOUDFLARE_ACCOUNT_ID: "0".repeat(32) },
    sentence: "may not act on the account",
  },
  {
    what: "no account",
    args: ["deploy", "staging"],
    env: { CLOUDFLARE_ACCOUNT_ID: "" },
    sentence: "CLOUDFLARE_ACCOUNT_ID is not set.",
  },
  {
    what: "an API that doesn't answer",
    args: ["status"],
    env: { CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:9/client/v4" },
    sentence: "did not answer",
  },
  {
    what: "no ledger",
    args: ["history", "staging"],
    env: { DELIVERY_LEDGER_REMOTE: "/nowhere/at/all.git" },
    sentence: "can't be read",
  },
  {
    what: "no fingerprint key",
    args: ["deploy", "staging"],
    env: { DELIVERY_FINGERPRINT_KEY: "" },
    sentence: "DELIVERY_FINGERPRINT_KEY is not set",
  },
  {
    what: "an unknown release",
    args: ["deploy", "staging", "--release", "r-20200101T000000Z-0000000"],
    env: {},
    sentence: "There is no release",
  },
];
