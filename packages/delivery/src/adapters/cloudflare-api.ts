import * as z from "zod";
import { begin } from "../begin.ts";
import type { Settings } from "../config/load.ts";
import { ANALYTICS_SCOPE, TOKEN_SCOPES } from "../doctor/permission.ts";
import { DeliveryError } from "../errors.ts";
import type { VersionMetrics } from "../gate/metrics.ts";
import type { Clock, Deployment, InvocationsRequest, Platform, Version, VersionShare } from "../ports.ts";
import { ending } from "./ending.ts";
import { invocationsQuery, parseInvocations } from "./invocations.ts";
import type { Secret } from "../secrets/secret.ts";
import type { ObservedTriggers } from "../triggers/triggers.ts";

const envelopeSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
});

const deploymentSchema = z.object({
  id: z.string(),
  created_on: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
});

const versionSchema = z.object({
  id: z.string(),
  annotations: z.record(z.string(), z.string()).optional(),
  resources: z.object({ script: z.object({ etag: z.string() }) }).optional(),
});

const subdomainSchema = z.object({
  subdomain: z.object({
    previews_enabled: z.boolean().optional(),
    preview_url_suffix: z.string().optional(),
  }),
});

const domainsSchema = z.array(z.object({ id: z.string(), hostname: z.string(), service: z.string() }));
const schedulesSchema = z.object({ schedules: z.array(z.object({ cron: z.string() })) });
const scriptSubdomainSchema = z.object({ enabled: z.boolean(), previews_enabled: z.boolean() });

/** Cloudflare's codes for a Worker that doesn't exist. @see wrangler's isWorkerNotFoundError */
const WORKER_NOT_FOUND = [10_007, 10_090];
/** An older version would bring older secrets back. */
export const SECRETS_HAVE_CHANGED = 10_220;

/** Whoever doesn't know a question won't know it the next time: it is refused. */
const NOT_IMPLEMENTED = 501;

const ATTEMPTS = 3;
const MAX_RETRY_AFTER_MS = 30_000;
/** A call without an answer after that long has none. A write may take longer than a read, and an object its bytes' time. */
const LIMITS_MS = { GET: 30_000, PUT: 120_000, POST: 120_000, DELETE: 120_000 } as const;
const OBJECT_LIMIT_MS = 300_000;

interface Access {
  readonly baseUrl: string;
  readonly accountId: string;
  readonly token: Secret;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

/** As the global one, which it is outside of tests. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

/**
 * Cloudflare's API for one account.
 * @throws {DeliveryError} CONFIGURATION when token or account id aren't set.
 * @see https://developers.cloudflare.com/api/
 */
export function createPlatform(settings: Settings, clock: Clock, fetch: Fetch = globalThis.fetch): Platform {
  const access = { ...accessOf(settings, clock), fetch };
  const script = (worker: string) => `/accounts/${access.accountId}/workers/scripts/${worker}`;
  const object = (bucket: string, key: string) =>
    `/accounts/${access.accountId}/r2/buckets/${bucket}/objects/${key}`;
  return {
    verifyAccess: (bucket) => verifyAccess(access, bucket),
    deployments: async (worker) => {
      const reply = await call(access, { method: "GET", path: `${script(worker)}/deployments` });
      if (reply.outcome === "refused" && WORKER_NOT_FOUND.includes(reply.code)) return undefined;
      const { deployments } = z.object({ deployments: z.array(deploymentSchema) }).parse(accepted(reply));
      return deployments.map(toDeployment);
    },
    version: async (worker, id) => {
      const reply = await call(access, { method: "GET", path: `${script(worker)}/versions/${id}` });
      return toVersion(versionSchema.parse(accepted(reply)));
    },
    versions: async (worker) => {
      const reply = await call(access, { method: "GET", path: `${script(worker)}/versions?deployable=true` });
      return z
        .object({ items: z.array(versionSchema) })
        .parse(accepted(reply))
        .items.map(toVersion);
    },
    route: async (worker, shares, options) => {
      const query = options.force === true ? "?force=true" : "";
      const json = deploymentBody(shares, options.message);
      const reply = await call(access, {
        method: "POST",
        path: `${script(worker)}/deployments${query}`,
        json,
      });
      return toDeployment(deploymentSchema.parse(accepted(reply)));
    },
    previewUrl: async (worker, id) => {
      const reply = await call(access, {
        method: "GET",
        path: `/accounts/${access.accountId}/workers/workers/${worker}`,
      });
      const { subdomain } = subdomainSchema.parse(accepted(reply));
      if (subdomain.previews_enabled !== true || subdomain.preview_url_suffix === undefined) return undefined;
      return `https://${id.slice(0, 8)}${subdomain.preview_url_suffix}`;
    },
    triggers: (worker) => observedTriggers(access, worker),
    clearTriggers: (worker) => clearTriggers(access, worker),
    clearDomains: (worker, hostnames) => clearDomains(access, worker, hostnames),
    clearSchedules: (worker) => clearSchedules(access, worker),
    invocations: (request) => invocations(access, request),
    domainHolders: async () => {
      const path = `/accounts/${access.accountId}/workers/domains`;
      const domains = domainsSchema.parse(accepted(await call(access, { method: "GET", path })));
      return new Map(domains.map(({ hostname, service }) => [hostname, service]));
    },
    readObject: (bucket, key) => readObject(access, object(bucket, key)),
    writeObject: async (bucket, key, bytes) => {
      accepted(await call(access, { method: "PUT", path: object(bucket, key), bytes }));
    },
  };
}

/** @see https://developers.cloudflare.com/analytics/graphql-api/ : a POST that changes nothing, without the API's envelope */
async function invocations(
  access: Access,
  request: InvocationsRequest,
): Promise<readonly ReadonlyMap<string, VersionMetrics>[]> {
  const query: Call = {
    method: "POST",
    path: "/graphql",
    json: invocationsQuery(access.accountId, request),
  };
  const response = await send(access, query);
  if (response === undefined) throw unreachable(access, query, response);
  const answer = parseInvocations(await response.json().catch(() => undefined), request.windows);
  if (answer.kind === "metrics") return answer.windows;
  throw new DeliveryError({
    code: "PLATFORM_REFUSED",
    message: `The analytics API gives no metrics of ${request.worker} (HTTP ${response.status}): ${answer.reason}.`,
    hint: `The API token needs ${ANALYTICS_SCOPE}.`,
  });
}

/** @see https://developers.cloudflare.com/api/resources/workers/ : domains, and a script's schedules and subdomain */
async function observedTriggers(access: Access, worker: string): Promise<ObservedTriggers> {
  const account = `/accounts/${access.accountId}/workers`;
  const read = async (path: string) => accepted(await call(access, { method: "GET", path: account + path }));
  const [domains, schedules, subdomain] = await Promise.all([
    read(`/domains?service=${encodeURIComponent(worker)}`),
    read(`/scripts/${worker}/schedules`),
    read(`/scripts/${worker}/subdomain`),
  ]);
  const { enabled, previews_enabled: previewUrls } = scriptSubdomainSchema.parse(subdomain);
  return {
    domains: domainsSchema.parse(domains).map(({ hostname }) => hostname),
    schedules: schedulesSchema.parse(schedules).schedules.map(({ cron }) => cron),
    workersDev: enabled,
    previewUrls,
  };
}

async function clearTriggers(access: Access, worker: string): Promise<void> {
  await clearDomains(access, worker);
  await clearSchedules(access, worker);
  const path = `/accounts/${access.accountId}/workers/scripts/${worker}/subdomain`;
  const json = { enabled: false, previews_enabled: true };
  accepted(await call(access, { method: "POST", path, json }));
}

/** Those named, or all. */
async function clearDomains(access: Access, worker: string, hostnames?: readonly string[]): Promise<void> {
  const path = `/accounts/${access.accountId}/workers/domains`;
  const listed = await call(access, { method: "GET", path: `${path}?service=${encodeURIComponent(worker)}` });
  for (const { id, hostname } of domainsSchema.parse(accepted(listed))) {
    if (hostnames === undefined || hostnames.includes(hostname))
      accepted(await call(access, { method: "DELETE", path: `${path}/${id}` }));
  }
}

async function clearSchedules(access: Access, worker: string): Promise<void> {
  const path = `/accounts/${access.accountId}/workers/scripts/${worker}/schedules`;
  accepted(await call(access, { method: "PUT", path, json: [] }));
}

function accessOf({ cloudflare }: Settings, clock: Clock): Omit<Access, "fetch"> {
  const { apiToken: token, accountId, apiBaseUrl: baseUrl } = cloudflare;
  if (token === undefined) throw unset("CLOUDFLARE_API_TOKEN");
  if (accountId === undefined) throw unset("CLOUDFLARE_ACCOUNT_ID");
  return { baseUrl, accountId, token, clock };
}

function unset(name: string): DeliveryError {
  return new DeliveryError({
    code: "CONFIGURATION",
    message: `${name} is not set.`,
    hint: 'For the local cloud: eval "$(npx local-cloud env)". For Cloudflare: docs/configuration.md says where to get it.',
  });
}

async function verifyAccess(access: Access, bucket: string): Promise<void> {
  const { accountId } = access;
  const ask = (path: string) => begin(call(access, { method: "GET", path }));
  const token = ask("/user/tokens/verify");
  const account = ask(`/accounts/${accountId}`);
  const found = ask(`/accounts/${accountId}/r2/buckets/${bucket}`);
  refuse(await verified(await token, () => ask(`/accounts/${accountId}/tokens/verify`)), (reason) => ({
    message: `Cloudflare refuses the API token: ${reason}.`,
    hint: "Check CLOUDFLARE_API_TOKEN: it may be mistyped, expired or of another service.",
  }));
  refuse(await account, (reason) => ({
    message: `The API token may not act on the account ${accountId}: ${reason}.`,
    hint: `Check CLOUDFLARE_ACCOUNT_ID, and that the token was made for that account. It needs ${TOKEN_SCOPES}.`,
  }));
  refuse(await found, (reason) => ({
    message: `The bucket ${bucket} for releases can't be used: ${reason}.`,
    hint: `Make it: npx wrangler r2 bucket create ${bucket}`,
  }));
}

/**
 * A token is a user's, or an account's own, which only the account knows.
 * @see https://developers.cloudflare.com/api/resources/accounts/subresources/tokens/methods/verify/
 */
async function verified(asUsers: Reply, asAccounts: () => Promise<Reply>): Promise<Reply> {
  if (asUsers.outcome === "accepted") return asUsers;
  const reply = await asAccounts();
  return reply.outcome === "accepted" ? reply : asUsers;
}

function refuse(
  reply: Reply,
  describe: (reason: string) => { readonly message: string; readonly hint: string },
): void {
  if (reply.outcome === "accepted") return;
  throw new DeliveryError({
    code: "PLATFORM_REFUSED",
    ...describe(`${reply.message} [code: ${reply.code}]`),
  });
}

type Reply =
  | { readonly outcome: "accepted"; readonly result: unknown }
  | { readonly outcome: "refused"; readonly status: number; readonly code: number; readonly message: string };

function accepted(reply: Reply): unknown {
  if (reply.outcome === "accepted") return reply.result;
  throw new PlatformRefusal(reply);
}

/** A refusal that carries Cloudflare's code, for callers that know what to do about it. */
export class PlatformRefusal extends DeliveryError {
  readonly platformCode: number;

  constructor({
    status,
    code,
    message,
  }: {
    readonly status: number;
    readonly code: number;
    readonly message: string;
  }) {
    super({
      code: "PLATFORM_REFUSED",
      message: `Cloudflare refused: ${message} [code: ${code}, HTTP ${status}].`,
      hint: "The message is Cloudflare's own; its code is listed in the API documentation.",
    });
    this.platformCode = code;
  }
}

async function call(access: Access, request: Call): Promise<Reply> {
  const response = await answerTo(access, request);
  const reply = await parseReply(response, request);
  // Done, or not: an answer that broke off tells neither.
  if (reply === undefined) throw unreachable(access, request, response);
  return reply;
}

/**
 * The answer of a server that has looked at the request. After a fault, what changes nothing when it comes twice is
 * repeated: reads, and objects, whose bytes are those of their key. Anything else only when it was refused unseen (429).
 * @throws {DeliveryError} PLATFORM_UNAVAILABLE; whether a write took effect is unknown then
 */
async function answerTo(access: Access, request: Call): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(access, request);
    const last = attempt === ATTEMPTS;
    const isFault = response === undefined || (response.status >= 500 && response.status !== NOT_IMPLEMENTED);
    const repeatable = isFault
      ? request.method === "GET" || request.method === "PUT"
      : response.status === 429;
    if (!isFault && (!repeatable || last)) return response;
    if (last || !repeatable) throw unreachable(access, request, response);
    await access.clock.sleep(retryAfterMs(response) ?? 250 * 2 ** attempt);
  }
}

async function send(access: Access, { method, path, json, bytes }: Call): Promise<Response | undefined> {
  const headers: Record<string, string> = { authorization: `Bearer ${access.token.reveal()}` };
  if (json !== undefined) headers["content-type"] = "application/json";
  if (bytes !== undefined) headers["content-type"] = "application/octet-stream";
  const body = json === undefined ? bytes && new Uint8Array(bytes) : JSON.stringify(json);
  await ending.mayBegin();
  try {
    const reply = access.fetch(`${access.baseUrl}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(path.includes("/objects/") ? OBJECT_LIMIT_MS : LIMITS_MS[method]),
      ...(body !== undefined && { body }),
    });
    return await (method === "GET" ? reply : ending.changing(reply));
  } catch {
    return undefined;
  }
}

/** Undefined for a success that says nothing. */
async function parseReply(response: Response, { method, path }: Call): Promise<Reply | undefined> {
  const parsed = envelopeSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success && response.ok) return undefined;
  if (!parsed.success) {
    return {
      outcome: "refused",
      status: response.status,
      code: 0,
      message: `${method} ${path} was answered without an envelope`,
    };
  }
  if (parsed.data.success) return { outcome: "accepted", result: parsed.data.result };
  const [error = { code: 0, message: "no reason given" }] = parsed.data.errors;
  return { outcome: "refused", status: response.status, ...error };
}

async function readObject(access: Access, path: string): Promise<Buffer | undefined> {
  const request: Call = { method: "GET", path };
  const response = await answerTo(access, request);
  if (response.status === 404) return undefined;
  const refusal = response.ok ? undefined : await parseReply(response, request);
  if (refusal) accepted(refusal);
  const bytes = await response.arrayBuffer().catch(() => undefined);
  if (bytes === undefined) throw unreachable(access, request, response);
  return Buffer.from(bytes);
}

function unreachable(
  { baseUrl }: Access,
  { method, path }: Call,
  response: Response | undefined,
): DeliveryError {
  const what = response === undefined ? "did not answer" : `answered HTTP ${response.status} to`;
  return new DeliveryError({
    code: "PLATFORM_UNAVAILABLE",
    message: `Cloudflare's API at ${baseUrl} ${what} ${method} ${path}.`,
    hint: "Is it running, and is the address right? Whether the request took effect is unknown: npx delivery status shows it.",
    retryable: true,
  });
}

function retryAfterMs(response: Response | undefined): number | undefined {
  const seconds = Number(response?.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined;
}

function deploymentBody(shares: readonly VersionShare[], message: string): unknown {
  return {
    strategy: "percentage",
    versions: shares.map(({ versionId, percentage }) => ({ version_id: versionId, percentage })),
    annotations: { "workers/message": message },
  };
}

function toDeployment({
  id,
  created_on: createdAt,
  annotations,
  versions,
}: z.infer<typeof deploymentSchema>): Deployment {
  return {
    id,
    createdAt,
    message: annotations?.["workers/message"] ?? "",
    versions: versions.map(({ version_id: versionId, percentage }) => ({ versionId, percentage })),
  };
}

function toVersion({ id, annotations, resources }: z.infer<typeof versionSchema>): Version {
  return {
    id,
    tag: annotations?.["workers/tag"] ?? "",
    message: annotations?.["workers/message"] ?? "",
    etag: resources?.script.etag ?? "",
  };
}
