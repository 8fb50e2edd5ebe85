import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalCloud } from "../cloud.ts";
import { GREEDY, PLAIN } from "../drills/limits.ts";
import { edgeRequest } from "../testing/edge-request.ts";
import { putWorker, startTestCloud } from "../testing/in-process-cloud.ts";
import type { RequestRecord } from "./exchange.ts";

const CPU_MS = 400;

let cloud: LocalCloud;
const records: RequestRecord[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ onRequest: (record) => records.push(record) });
  await putWorker(cloud, "plain", { source: PLAIN });
  await putWorker(cloud, "hog", { source: GREEDY, metadata: { limits: { cpu_ms: CPU_MS } } });
});
afterAll(() => cloud.stop());

const ask = (worker: string, path = "/", headers: Readonly<Record<string, string>> = {}) =>
  edgeRequest(cloud.ready, { host: `${worker}.localhost`, path, headers });

describe("a request that takes too much", () => {
  test.each(["/loop", "/objects", "/buffers"])(
    "%s is answered with 1102, together with those beside it in its version, and other versions go on",
    async (path) => {
      const greedy = ask("hog", path);
      const beside = ask("hog");
      const others = await Promise.all(Array.from({ length: 20 }, () => ask("plain")));
      const [answer] = await Promise.all([greedy, beside]);

      expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
      expect(answer).toMatchObject({ status: 503, body: "error code: 1102" });
      expect(records.find((record) => record.path === path)).toMatchObject({
        worker: "hog",
        status: 503,
        outcome: "exceededResources",
      });
      expect(await ask("hog")).toMatchObject({ status: 200, body: "fine" });
    },
  );

  test("is told how much CPU time it took", async () => {
    await ask("hog", "/loop");

    const { cpuMs = 0, durationMs = 0 } = records.findLast(({ path }) => path === "/loop") ?? {};
    expect(cpuMs).toBeGreaterThan(CPU_MS / 2);
    expect(durationMs).toBeGreaterThan(CPU_MS / 2);
  });

  test("gets a page where it accepts one", async () => {
    const { headers, body } = await ask("hog", "/loop", { accept: "text/html" });

    expect(headers["content-type"]).toContain("text/html");
    expect(body).toContain("Error 1102");
    expect(body).toContain("Worker exceeded resource limits");
  });
});

describe("a script that takes too much to start", () => {
  test.each([
    ["for (;;);", "Script startup exceeded CPU time limit."],
    [
      "globalThis.kept = Array.from({ length: 400 }, () => new Uint8Array(1e6).fill(1));",
      "Script startup exceeded memory limits.",
    ],
  ])("%s is refused: %s", async (line, message) => {
    const { status, errors } = await putWorker(cloud, "never", { source: `${line}\n${PLAIN}` });

    expect({ status, errors }).toEqual({ status: 400, errors: [{ code: 10_021, message }] });
  });
});
