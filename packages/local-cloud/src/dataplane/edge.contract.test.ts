import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalCloud } from "../cloud.ts";
import { api, uploadForm } from "../testing/api-client.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { putWorker, startTestCloud } from "../testing/in-process-cloud.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { request } from "node:http";

const saying = (text: string) =>
  `export default { fetch() { return new Response(${JSON.stringify(text)}); } };`;

const STREAM = `
export default {
  async fetch(request) {
    if (new URL(request.url).pathname === "/throw") throw new Error("not caught");
    const { readable, writable } = new TransformStream();
    request.body.pipeTo(writable);
    return new Response(readable);
  },
};`;

let cloud: LocalCloud;
const clock = new ManualClock("2026-11-23T10:00:00Z");

beforeAll(async () => {
  cloud = await startTestCloud({ clock, propagationDelayMs: 2000 });
});
afterAll(() => cloud.stop());

const ask = (host: string, path = "/") => edgeRequest(cloud.ready, { host, path });

describe("the edge", () => {
  test("shows a new deployment to more and more requests, until all have it", async () => {
    await putWorker(cloud, "site", { source: saying("one") });
    clock.advance(2000);
    await putWorker(cloud, "site", { source: saying("two") });
    clock.advance(1000);
    const bodies = async () => {
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask("site.localhost")));
      return new Set(answers.map(({ status, body }) => `${status} ${body}`));
    };

    expect(await bodies()).toEqual(new Set(["200 one", "200 two"]));
    clock.advance(1000);
    expect(await bodies()).toEqual(new Set(["200 two"]));
  });

  test("answers for a version on its preview's names: by id, and by alias the newest that has it", async () => {
    const upload = async (text: string) => {
      const form = uploadForm(saying(text), { annotations: { "workers/alias": "try-it" } });
      const { result } = await api(cloud.ready, "POST /workers/scripts/site/versions", form);
      return (result as { id: string }).id.slice(0, 8);
    };
    await api(cloud.ready, "POST /workers/scripts/site/subdomain", { enabled: true, previews_enabled: true });
    const ids = [await upload("older preview"), await upload("newer preview")];

    const answers = await Promise.all(
      [
        `${ids[0]}-site.localhost`,
        `${ids[1]}-site.local.workers.dev`,
        "try-it-site.localhost",
        "try-it-site.local.workers.dev:8701",
        "site.local.workers.dev",
        "never-site.local.workers.dev",
      ].map((host) => ask(host)),
    );

    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, "older preview"],
      [200, "newer preview"],
      [200, "newer preview"],
      [200, "newer preview"],
      [200, "two"],
      [404, "error code: 1042"],
    ]);
  });

  test("answers 1101 for an exception that nothing caught", async () => {
    await putWorker(cloud, "stream", { source: STREAM });
    clock.advance(2000);

    expect(await ask("stream.localhost", "/throw")).toMatchObject({ status: 500, body: "error code: 1101" });
  });

  test("streams both ways: what is sent comes back before the request has ended", async () => {
    const { hostname, port } = new URL(cloud.ready.edgeUrl);
    const headers = { host: "stream.localhost" };
    const outgoing = request({ hostname, port, method: "POST", headers });
    const chunks: string[] = [];
    const ended = new Promise((resolve, reject) => {
      outgoing.on("error", reject).on("response", (incoming) => {
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          chunks.push(chunk);
          if (chunks.length === 1) outgoing.end("second");
        });
        incoming.on("end", resolve);
      });
    });

    outgoing.write("first");
    await ended;

    expect(chunks).toEqual(["first", "second"]);
  });
});
