import type { Finding, Reply } from "./finding.ts";

/** A right that a token needs, and the question that only a token with it gets an answer to. */
export interface Permission {
  readonly name: string;
  readonly what: string;
  readonly path: (accountId: string) => string;
}

/** Every right that a delivery's token needs. @see https://developers.cloudflare.com/fundamentals/api/reference/permissions/ */
export const TOKEN_SCOPES =
  "Account: Workers Scripts (edit), Workers R2 Storage (edit), Account Settings (read), Account Analytics (read); Zone: Zone (read), Workers Routes (edit)";

/** Without it an account can't be read. */
export const ACCOUNT_SCOPE = "Account: Account Settings (read)";

/** Without it there are no metrics to judge a soak by. */
export const ANALYTICS_SCOPE = "Account: Account Analytics (read)";

/** Reading shows whether a token has a permission at all; whether it may also edit shows with the first write. */
export const PERMISSIONS: readonly Permission[] = [
  {
    name: "Account: Workers Scripts (edit)",
    what: "versions, deployments, schedules",
    path: (account) => `/accounts/${account}/workers/domains`,
  },
  {
    name: "Account: Workers R2 Storage (edit)",
    what: "releases",
    path: (account) => `/accounts/${account}/r2/buckets`,
  },
  { name: "Zone: Zone (read), Workers Routes (edit)", what: "custom domains", path: () => "/zones" },
];

export function judgePermission({ name, what }: Permission, { status }: Reply): Finding {
  const area = "Cloudflare";
  if (status === 200) return { area, state: "ok", sentence: `the token may read what it needs for ${what}` };
  if (status === 401 || status === 403) {
    return {
      area,
      state: "missing",
      sentence: `the token may not: ${what}`,
      remedy: `Give it: ${name} (My Profile → API Tokens)`,
    };
  }
  return {
    area,
    state: "look",
    sentence: `whether the token may ${what === "releases" ? "keep releases" : `change ${what}`} can't be told (HTTP ${status})`,
    remedy: `It needs: ${name}`,
  };
}

/** What the analytics API answers a token that may not ask it; with HTTP 200 at times. */
const UNAUTHORIZED = /auth|permission|access/iu;

/** Whether the metrics can be read that a soak is judged by. `refusal` is the answer's own reason; undefined for metrics. */
export function judgeAnalytics(status: number, refusal: string | undefined): Finding {
  const area = "Cloudflare";
  if (refusal === undefined)
    return { area, state: "ok", sentence: "the token may read the metrics that a soak is judged by" };
  if (status === 401 || status === 403 || UNAUTHORIZED.test(refusal)) {
    return {
      area,
      state: "missing",
      sentence: `the token may not read the metrics that a soak is judged by: ${refusal}`,
      remedy: `Give it: ${ANALYTICS_SCOPE} (My Profile → API Tokens)`,
    };
  }
  return {
    area,
    state: "look",
    sentence: `whether the token may read the metrics that a soak is judged by can't be told (HTTP ${status}: ${refusal})`,
    remedy: `It needs: ${ANALYTICS_SCOPE}`,
  };
}
