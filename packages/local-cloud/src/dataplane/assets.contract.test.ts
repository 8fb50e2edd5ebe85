import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalCloud } from "../cloud.ts";
import { api, uploadForm } from "../testing/api-client.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { startTestCloud } from "../testing/in-process-cloud.ts";

const WORKER = `export default { fetch(request) { return new Response("worker " + new URL(request.url).pathname); } };`;
const SITE = "site.localhost";

let cloud: LocalCloud;

const hashOf = (content: string) => createHash("sha256").update(content).digest("hex").slice(0, 32);

/** Uploads the files and deploys them with the Worker; returns the version's id. */
async function deploySite(files: Readonly<Record<string, string>>, config: object): Promise<string> {
  const { ready } = cloud;
  const manifest = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, { hash: hashOf(content), size: content.length }]),
  );
  const session = await api(ready, "POST /workers/scripts/site/assets-upload-session", { manifest });
  const { jwt, buckets } = session.result as { jwt: string; buckets: string[][] };
  const wanted = new Set(buckets.flat());
  const form = new FormData();
  for (const content of Object.values(files))
    if (wanted.has(hashOf(content))) form.set(hashOf(content), new File([btoa(content)], hashOf(content)));
  const url = `${ready.apiBaseUrl}/accounts/${ready.accountId}/workers/assets/upload?base64=true`;
  const uploaded =
    wanted.size === 0
      ? undefined
      : await fetch(url, { method: "POST", body: form, headers: { authorization: `Bearer ${jwt}` } });
  const completed = (await uploaded?.json()) as { result: { jwt: string } } | undefined;
  const assets = { jwt: completed?.result.jwt ?? jwt, config };
  await api(ready, "PUT /workers/scripts/site", uploadForm(WORKER, { assets }));
  const { result } = await api(ready, "GET /workers/scripts/site/deployments");
  const [newest] = (result as { deployments: { versions: { version_id: string }[] }[] }).deployments;
  return newest?.versions[0]?.version_id ?? "";
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  edgeRequest(cloud.ready, { host: SITE, path, headers });

describe("assets at the edge", () => {
  let first: string;

  beforeAll(async () => {
    cloud = await startTestCloud();
    first = await deploySite(
      { "/index.html": "<h1>home</h1>", "/copy.txt": "same", "/same.txt": "same", "/gone.txt": "old" },
      {
        not_found_handling: "single-page-application",
        run_worker_first: ["/api/*"],
        _headers: "/copy.txt\n  x-from: headers-file\n",
        _redirects: "/old /same.txt 302\n",
      },
    );
  });
  afterAll(() => cloud.stop());

  test("are served with the rules of _headers and _redirects", async () => {
    expect(await get("/copy.txt")).toMatchObject({
      status: 200,
      body: "same",
      headers: { "x-from": "headers-file", "content-type": "text/plain; charset=utf-8" },
    });
    expect(await get("/old")).toMatchObject({ status: 302, headers: { location: "/same.txt" } });
  });

  test("come after the Worker where it runs first, and before it elsewhere", async () => {
    expect((await get("/api/x")).body).toBe("worker /api/x");
    expect((await get("/same.txt")).body).toBe("same");
  });

  test("fall back to the application's page for a navigation", async () => {
    expect(await get("/some/page", { "sec-fetch-mode": "navigate" })).toMatchObject({
      status: 200,
      body: "<h1>home</h1>",
    });
  });

  test("have the ETag of their content, with which a client need not fetch them again", async () => {
    const { headers } = await get("/copy.txt");
    const [again, weak, other] = await Promise.all([
      get("/same.txt", { "if-none-match": String(headers["etag"]) }),
      get("/same.txt", { "if-none-match": `"x", W/${String(headers["etag"])}` }),
      get("/index.html", { "if-none-match": String(headers["etag"]) }),
    ]);

    expect(headers["etag"]).toBe(`"${hashOf("same")}"`);
    expect([again, weak].map(({ status, body }) => ({ status, body }))).toEqual([
      { status: 304, body: "" },
      { status: 304, body: "" },
    ]);
    expect(other.status).not.toBe(304);
  });

  test("belong to their version: gone with the next one, back with the one before, and unchanged files keep their ETag", async () => {
    await deploySite({ "/copy.txt": "same", "/new.txt": "new" }, { not_found_handling: "none" });
    const [next, unchanged] = await Promise.all([get("/gone.txt"), get("/copy.txt")]);
    await api(cloud.ready, "POST /workers/scripts/site/deployments?force=true", {
      strategy: "percentage",
      versions: [{ version_id: first, percentage: 100 }],
    });
    const back = await get("/gone.txt");

    expect(next.body).toBe("worker /gone.txt");
    expect(unchanged.headers["etag"]).toBe(`"${hashOf("same")}"`);
    expect(back).toMatchObject({ status: 200, body: "old" });
  });

  test("are found under each form of their path, and whatever else is the Worker's", async () => {
    await deploySite({ "/about/index.html": "about", "/shelf.html": "shelf", "/a b.txt": "space" }, {});
    const forms = [
      "/about",
      "/about/",
      "/about/index",
      "/about/index.html",
      "/shelf",
      "/shelf/",
      "/shelf.html",
    ];
    const spelt = ["//shelf", "/%73helf", "/x/../shelf", "/shelf?of=wood", "/a%20b.txt"];
    const others = [
      "/",
      "/abou",
      "/about/us",
      "/SHELF",
      "/shelf.htm",
      "/shelf%2f%zz",
      "//edge/shelves",
      "/index.html",
    ];
    const isWorker = async (path: string) => (await get(path)).body.startsWith("worker ");

    expect(await Promise.all(forms.map(isWorker))).toEqual(forms.map(() => false));
    expect(await Promise.all(spelt.map(isWorker))).toEqual(spelt.map(() => false));
    expect(await Promise.all(others.map(isWorker))).toEqual(others.map(() => true));
  });
});
