/** What one check of a set-up found. */
export interface Finding {
  readonly area: "configuration" | "variables" | "Cloudflare" | "ledger" | "GitHub" | "platform";
  /** `missing` stops a delivery; `look` can't be told from here, so a person has to look. */
  readonly state: "ok" | "missing" | "look";
  readonly sentence: string;
  /** What to do; none where nothing is to be done. */
  readonly remedy?: string;
}

/** An answer of an API to a question that changes nothing. */
export interface Reply {
  /** HTTP status; 0 where nothing answered. */
  readonly status: number;
  readonly result: unknown;
}

/** Which of the buckets that are needed the account has. */
export function judgeBuckets(needed: readonly string[], { status, result }: Reply): readonly Finding[] {
  if (status !== 200) return [];
  const names = bucketNames(result);
  return needed.map((bucket) =>
    names.includes(bucket)
      ? { area: "Cloudflare", state: "ok", sentence: `the bucket ${bucket} is there` }
      : {
          area: "Cloudflare",
          state: "missing",
          sentence: `the bucket ${bucket} is not there`,
          remedy: `npx wrangler r2 bucket create ${bucket}`,
        },
  );
}

function bucketNames(result: unknown): readonly string[] {
  const buckets = field(result, "buckets");
  return Array.isArray(buckets) ? buckets.map((bucket) => String(field(bucket, "name"))) : [];
}

/** Whether each host name is free for its Worker, and its zone in the account. */
export function judgeDomains(
  wanted: readonly { readonly hostname: string; readonly worker: string }[],
  { domains, zones }: { readonly domains: Reply; readonly zones: Reply },
): readonly Finding[] {
  return wanted.map(({ hostname, worker }) => judgeDomain(hostname, worker, { domains, zones }));
}

function judgeDomain(
  hostname: string,
  worker: string,
  { domains, zones }: { readonly domains: Reply; readonly zones: Reply },
): Finding {
  const area = "Cloudflare";
  const taken = listed(domains).find((domain) => field(domain, "hostname") === hostname);
  const holder = taken === undefined ? undefined : String(field(taken, "service"));
  if (holder === worker) return { area, state: "ok", sentence: `${hostname} leads to ${worker}` };
  if (holder !== undefined) {
    return {
      area,
      state: "missing",
      sentence: `${hostname} leads to another Worker, ${holder}`,
      remedy: "Take it away there first: a delivery would take it over without asking",
    };
  }
  const zone = listed(zones).find((each) => isBelow(hostname, String(field(each, "name"))));
  if (zone !== undefined) {
    const name = String(field(zone, "name"));
    return field(zone, "status") === "active"
      ? { area, state: "ok", sentence: `${hostname} is free, and its zone ${name} is active` }
      : {
          area,
          state: "missing",
          sentence: `the zone ${name} of ${hostname} is not active`,
          remedy: "Point the domain's name servers to Cloudflare",
        };
  }
  return zones.status === 200
    ? {
        area,
        state: "missing",
        sentence: `the account has no zone for ${hostname}`,
        remedy: "Add the domain to the account (Domains → Onboard a domain)",
      }
    : {
        area,
        state: "look",
        sentence: `whether the zone of ${hostname} is in the account can't be told`,
        remedy: "Look: Cloudflare's dashboard → Domains",
      };
}

function isBelow(hostname: string, zone: string): boolean {
  return hostname === zone || hostname.endsWith(`.${zone}`);
}

function listed({ status, result }: Reply): readonly unknown[] {
  return status === 200 && Array.isArray(result) ? result : [];
}

/** An environment that needs GitHub's approval has reviewers. @see https://docs.github.com/rest/deployments/environments */
export function judgeReviewers(environment: string, { status, result }: Reply): Finding {
  const remedy = `Settings → Environments → ${environment} → Required reviewers. A private repository needs a paid plan for them`;
  const area = "GitHub";
  if (status === 404)
    return { area, state: "missing", sentence: `GitHub has no environment ${environment}`, remedy };
  if (status !== 200)
    return {
      area,
      state: "look",
      sentence: `whether ${environment} has reviewers can't be told from here`,
      remedy,
    };
  const rules = field(result, "protection_rules");
  const found = Array.isArray(rules) && rules.some((rule) => field(rule, "type") === "required_reviewers");
  return found
    ? { area, state: "ok", sentence: `GitHub's environment ${environment} has required reviewers` }
    : { area, state: "missing", sentence: `nobody must approve GitHub's environment ${environment}`, remedy };
}

/** What an account's API doesn't tell, and matters once there are users. */
export function platformNotes({ splits }: { readonly splits: boolean }): readonly Finding[] {
  const cpu: Finding = {
    area: "platform",
    state: "look",
    sentence: "a request has 10 ms of CPU on the free plan; a password hash alone takes more",
    remedy:
      "An app with sign-in needs Workers Paid (https://developers.cloudflare.com/workers/platform/limits/)",
  };
  const affinity: Finding = {
    area: "platform",
    state: "look",
    sentence:
      "while traffic is split, a browser gets page and assets of one version only if its requests carry Cloudflare-Workers-Version-Key",
    remedy:
      "Whoever administers the zone makes a Transform Rule (Rules → Transform Rules → Modify request header) that sets it, for example to a session cookie; a token can't be given it by delivery",
  };
  return splits ? [cpu, affinity] : [cpu];
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

const MARKS = { ok: "✓", missing: "✗", look: "?" };

/** Lines for a person, by area, what is missing with what to do. */
export function presentFindings(findings: readonly Finding[]): string {
  const lines = findings.map(({ area, state, sentence, remedy }) => {
    const line = `${MARKS[state]} ${area.padEnd(13)} ${sentence}`;
    return state === "ok" || remedy === undefined ? line : `${line}\n${" ".repeat(16)}${remedy}`;
  });
  const missing = findings.filter(({ state }) => state === "missing").length;
  return `${lines.join("\n")}\n\n${missing === 0 ? "Nothing that can be told from here is missing." : `Missing: ${missing}.`}\n`;
}
