import { afterAll, beforeAll, expect, test } from "vitest";
import { api, uploadForm } from "./api-client.ts";
import { startApiWithoutRuntime, type ApiWithoutRuntime } from "./api-without-runtime.ts";

let plane: ApiWithoutRuntime;

beforeAll(async () => {
  plane = await startApiWithoutRuntime();
});
afterAll(() => plane.stop());

test("an upload tells what the script took to start", async () => {
  const { result } = await api(plane.ready, "PUT /workers/scripts/quick", uploadForm("export default {};"));

  expect(result).toMatchObject({ startup_time_ms: 7, handlers: ["fetch"] });
});
