import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, uploadForm } from "../testing/api-client.ts";
import { startApiWithoutRuntime, type ApiWithoutRuntime } from "../testing/api-without-runtime.ts";
import { sendHostileRequests } from "./hostile-requests.ts";

let plane: ApiWithoutRuntime;

beforeAll(async () => {
  plane = await startApiWithoutRuntime();
  await api(plane.ready, "PUT /workers/scripts/victim", uploadForm("export default {};", {}));
});
afterAll(async () => {
  await plane.stop();
});

test("600 hostile requests are each answered or let go, without a defect or a file elsewhere", async () => {
  const { statuses, defects } = await sendHostileRequests(plane.ready, { seed: 20_261_123, count: 600 });

  expect(defects).toEqual([]);
  expect(statuses["400"]).toBeGreaterThan(100);
  expect(plane.log.filter((line) => line.includes("\n    at "))).toEqual([]);
  expect(readdirSync(plane.folder).filter((name) => !name.startsWith("state.sqlite"))).toEqual(["data"]);
  expect(readdirSync(join(plane.folder, "data"))).toEqual(["blobs"]);
  expect(
    readdirSync(join(plane.folder, "data", "blobs")).filter((name) => !/^[0-9a-f]{2}$/u.test(name)),
  ).toEqual([]);
  expect((await api(plane.ready, "GET /workers/scripts/victim/settings")).status).toBeLessThan(500);
});
