import type { VersionShare } from "../ports.ts";
import type { FakeCloud } from "./fake-cloud.ts";

/** What happens to one request: refused before it is looked at, done although its reply is lost, or done much later. */
export type ApiFault =
  | "none"
  | "unavailable"
  /** By the analytics API, which says so with HTTP 200. */
  | "unauthorized"
  | "reply lost"
  | { readonly doneAfterMs: number };

export interface ApiCall {
  readonly method: string;
  /** Without the account's part, such as `/workers/scripts/shop/deployments`. */
  readonly path: string;
  /** Counts from 0. */
  readonly index: number;
}

export interface FakeApiParts {
  readonly cloud: FakeCloud;
  /** Answers of the analytics dataset, by the query's variables. */
  readonly graphql: (body: unknown) => unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (result: unknown): Answer => ({ status: 200, body: { success: true, errors: [], result } });
const refused = (status: number, code: number, message: string): Answer => ({
  status,
  body: { success: false, errors: [{ code, message }], result: null },
});

/** Answers one request as Cloudflare's API does, as far as delivery asks. */
export async function answerApi(parts: FakeApiParts, url: string, init: RequestInit): Promise<Response> {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace(/^.*?\/client\/v4/u, "").replace(/^\/accounts\/[^/]+/u, "");
  const method = init.method ?? "GET";
  const object = /^\/r2\/buckets\/[^/]+\/objects\/(?<key>.+)$/u.exec(path)?.groups?.["key"];
  if (object !== undefined) return answerObject(parts.cloud, object, init);
  if (path === "/graphql") return Response.json(parts.graphql(JSON.parse(init.body as string)));
  const { status, body } = answerJson(parts.cloud, { method, path, searchParams, init });
  return Response.json(body, { status });
}

function answerObject({ objects }: FakeCloud, key: string, { method, body }: RequestInit): Response {
  if (method === "PUT") {
    objects.set(key, Buffer.from(body as Uint8Array));
    return Response.json(ok({}).body);
  }
  const bytes = objects.get(key);
  return bytes === undefined
    ? new Response("no such key", { status: 404 })
    : new Response(new Uint8Array(bytes));
}

interface JsonCall {
  readonly method: string;
  readonly path: string;
  readonly searchParams: URLSearchParams;
  readonly init: RequestInit;
}

function answerJson(cloud: FakeCloud, { method, path, searchParams, init }: JsonCall): Answer {
  if (path === "" || path === "/user/tokens/verify" || /^\/r2\/buckets\/[^/]+$/u.test(path)) return ok({});
  if (path === "/workers/domains") {
    const service = searchParams.get("service");
    const holders = [...cloud.workers].filter(([name]) => service === null || name === service);
    return ok(
      holders.flatMap(([name, { triggers }]) =>
        triggers.domains.map((hostname) => ({ id: hostname, hostname, service: name })),
      ),
    );
  }
  const domain = /^\/workers\/domains\/(?<id>.+)$/u.exec(path)?.groups?.["id"];
  if (domain !== undefined) return answerDetached(cloud, domain);
  const match = /^\/workers\/(?:scripts|workers)\/(?<worker>[^/]+)\/?(?<rest>.*)$/u.exec(path);
  const { worker: name = "", rest = "" } = match?.groups ?? {};
  const worker = cloud.workers.get(name);
  if (worker === undefined) return refused(404, 10_007, "This Worker does not exist on your account.");
  if (method !== "GET" && (rest === "schedules" || rest === "subdomain")) {
    worker.triggers = {
      ...worker.triggers,
      ...(rest === "schedules" ? { schedules: [] } : { workersDev: false }),
    };
    return ok({});
  }
  const { triggers } = worker;
  if (rest === "deployments") return answerDeployments(cloud, name, { method, init });
  if (rest === "schedules") return ok({ schedules: triggers.schedules.map((cron) => ({ cron })) });
  if (rest === "subdomain")
    return ok({ enabled: triggers.workersDev, previews_enabled: triggers.previewUrls });
  if (rest === "") {
    const subdomain = {
      previews_enabled: triggers.previewUrls,
      preview_url_suffix: `-${name}.previews.example`,
    };
    return ok({ subdomain });
  }
  if (rest === "versions") return ok({ items: worker.versions.map(wireVersion) });
  const id = /^versions\/(?<id>.+)$/u.exec(rest)?.groups?.["id"];
  const version = worker.versions.find((each) => each.id === id);
  if (version) return ok(wireVersion(version));
  return id === undefined
    ? refused(501, 0, `nothing answers ${method} ${path}`)
    : refused(404, 100_146, "no version");
}

function answerDetached({ workers }: FakeCloud, domain: string): Answer {
  for (const worker of workers.values()) {
    const domains = worker.triggers.domains.filter((each) => each !== domain);
    worker.triggers = { ...worker.triggers, domains };
  }
  return ok(null);
}

function wireVersion({ id, tag, message, etag }: { id: string; tag: string; message: string; etag: string }) {
  const annotations = { "workers/tag": tag, "workers/message": message };
  return { id, annotations, resources: { script: { etag } } };
}

function answerDeployments(
  cloud: FakeCloud,
  name: string,
  { method, init }: Pick<JsonCall, "method" | "init">,
): Answer {
  if (method === "POST") {
    const { versions, annotations } = JSON.parse(init.body as string) as {
      versions: { version_id: string; percentage: number }[];
      annotations: Record<string, string>;
    };
    const shares: VersionShare[] = versions.map(({ version_id: versionId, percentage }) => ({
      versionId,
      percentage,
    }));
    return ok(wireDeployment(cloud.deploy(name, shares, annotations["workers/message"] ?? "")));
  }
  return ok({ deployments: cloud.workers.get(name)?.deployments.map(wireDeployment) ?? [] });
}

function wireDeployment(deployment: ReturnType<FakeCloud["deploy"]>) {
  return {
    id: deployment.id,
    created_on: deployment.createdAt,
    annotations: { "workers/message": deployment.message },
    versions: deployment.versions.map(({ versionId, percentage }) => ({ version_id: versionId, percentage })),
  };
}
