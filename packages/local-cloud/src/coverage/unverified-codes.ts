import type { Documented } from "../http/routes.ts";

const SERVICE = "Refusals whose code is unverified";
const COVERAGE =
  "approximated: neither documentation nor a client nor a report names the code of Cloudflare's";

/** Where the local cloud refuses what Cloudflare refuses too, with a code that was chosen: nothing should depend on it. */
export const UNVERIFIED_CODES: readonly Documented[] = [
  ["10040", "a Worker that is made under a name that another has"],
  [
    "10023",
    "a deployment of a version that is too old or not of these classes, or whose percentages don't sum to 100",
  ],
  ["10023", "the newest deployment is deleted"],
  ["7003", "a route or a custom domain whose host no zone can have"],
  ["11000", "a consumer that a queue hasn't"],
  ["10057", "a tail that a Worker hasn't"],
  ["100300 to 100303", "assets that no session asked for, that are incomplete, too large or too many"],
].map(([path = "", summary = ""]) => ({
  method: "code",
  path,
  doc: { service: SERVICE, summary, coverage: COVERAGE },
}));
