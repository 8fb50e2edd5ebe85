import * as z from "zod";
import type { Settings } from "../config/load.ts";
import type { Reply } from "../doctor/finding.ts";
import { invocationsQuery, parseInvocations } from "./invocations.ts";

const TIMEOUT_MS = 15_000;

/** So many pages are asked for at most. */
const MAX_PAGES = 100;

const pageSchema = z.object({
  result: z.unknown(),
  result_info: z
    .object({
      page: z.number().optional(),
      total_pages: z.number().optional(),
      cursor: z.string().nullish(),
    })
    .nullish(),
});

/** Asks Cloudflare's API something that changes nothing, a list to its end. Never throws: no answer is a reply too. */
export async function askCloudflare({ cloudflare }: Settings, path: string): Promise<Reply> {
  const url = new URL(`${cloudflare.apiBaseUrl}${path}`);
  let found: unknown;
  for (let count = 1; ; count += 1) {
    const { status, body } = await ask(url.href, cloudflare.apiToken?.reveal());
    const { result, result_info: info } = pageSchema.safeParse(body).data ?? {};
    if (status !== 200) return { status, result };
    found = count === 1 ? result : joined(found, result);
    const next = nextPage(info ?? {});
    if (next === undefined || count === MAX_PAGES) return { status, result: found };
    url.searchParams.set(...next);
  }
}

type PageInfo = NonNullable<z.infer<typeof pageSchema>["result_info"]>;

/** The parameter that asks for the page after this one. */
function nextPage({ cursor, page, total_pages: total }: PageInfo): [string, string] | undefined {
  if (cursor) return ["cursor", cursor];
  return page !== undefined && total !== undefined && page < total ? ["page", `${page + 1}`] : undefined;
}

/** Lists, or objects that hold lists. */
function joined(former: unknown, latter: unknown): unknown {
  if (Array.isArray(former) && Array.isArray(latter))
    return [...(former as unknown[]), ...(latter as unknown[])];
  if (typeof former !== "object" || typeof latter !== "object" || !former || !latter) return former;
  const lists = latter as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(former).map(([name, value]) => [name, joined(value, lists[name])]),
  );
}

/** Asks the analytics API for the metrics of a minute. `refusal` is why it gives none. Never throws. */
export async function askAnalytics(
  { cloudflare: { apiBaseUrl, accountId = "", apiToken } }: Settings,
  worker: string,
  now: Date,
): Promise<{ readonly status: number; readonly refusal: string | undefined }> {
  const minute = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString();
  const window = { from: minute(now.getTime() - 60_000), until: minute(now.getTime()) };
  const query = invocationsQuery(accountId, { worker, versions: [NO_VERSION], windows: [window] });
  const { status, body } = await ask(`${apiBaseUrl}/graphql`, apiToken?.reveal(), query);
  const answer = parseInvocations(body, [window]);
  return { status, refusal: answer.kind === "metrics" ? undefined : answer.reason };
}

/** A version that has no metrics. */
const NO_VERSION = "00000000-0000-0000-0000-000000000000";

/** Asks GitHub's API about the repository that the environment names, as in a workflow. */
export async function askGitHub({ inherited }: Settings, path: string): Promise<Reply> {
  const repository = inherited["GITHUB_REPOSITORY"];
  if (repository === undefined) return { status: 0, result: undefined };
  const base = inherited["GITHUB_API_URL"] ?? "https://api.github.com";
  const token = inherited["GITHUB_TOKEN"] ?? inherited["GH_TOKEN"];
  const { status, body } = await ask(`${base}/repos/${repository}${path}`, token);
  return { status, result: body };
}

/** A POST where there is something to send. */
async function ask(
  url: string,
  token: string | undefined,
  json?: unknown,
): Promise<{ status: number; body: unknown }> {
  const authorization = token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
  const sent =
    json === undefined
      ? { headers: authorization }
      : {
          method: "POST",
          headers: { ...authorization, "content-type": "application/json" },
          body: JSON.stringify(json),
        };
  try {
    const response = await fetch(url, { ...sent, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch {
    return { status: 0, body: undefined };
  }
}
