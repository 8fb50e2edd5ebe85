import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startLocalCloud, type LocalCloud } from "../../cloud.ts";
import { api, uploadForm } from "../../testing/api-client.ts";
import { temporaryFolder } from "../../testing/cloud-process.ts";
import { ManualClock } from "../../testing/manual-clock.ts";

const clock = new ManualClock("2026-11-01T00:00:00Z");
const events: { event: unknown; logs: { message: unknown }[]; scriptVersion: unknown }[] = [];
let cloud: LocalCloud;
let tail: WebSocket;

const worker = (name: string) => `
export default {
  fetch() { return new Response("ok"); },
  scheduled({ cron, scheduledTime }) {
    if (cron === "1 1 1 1 *") throw new Error("not today");
    console.log("${name}", cron, new Date(scheduledTime).toISOString());
  },
};`;

beforeAll(async () => {
  const log = () => undefined;
  const ports = { port: 0, edgePort: 0, databasePort: 0, databases: [] };
  cloud = await startLocalCloud({ dataDir: temporaryFolder(), ...ports, log, clock });
  await api(cloud.ready, "PUT /workers/scripts/jobs", uploadForm(worker("first")));
  const created = await api(cloud.ready, "POST /workers/scripts/jobs/tails");
  tail = new WebSocket((created.result as { url: string }).url, "trace-v1");
  tail.on("message", (data: Buffer) =>
    events.push(JSON.parse(data.toString("utf8")) as (typeof events)[number]),
  );
  await new Promise((resolve) => tail.once("open", resolve));
});

afterAll(async () => {
  tail.terminate();
  await cloud.stop();
});

const schedule = (...crons: string[]) =>
  api(
    cloud.ready,
    "PUT /workers/scripts/jobs/schedules",
    crons.map((cron) => ({ cron })),
  );

/** What the handlers logged, as the tail shows it. */
const logged = () => events.flatMap(({ logs }) => logs.map(({ message }) => message));

test("a schedule runs the Worker's handler when its minute comes, and the tail shows the event", async () => {
  await schedule("2 0 * * *", "3 0 * * *");

  clock.advance(2 * 60_000);
  await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 10_000 });

  expect(events[0]?.event).toEqual({ cron: "2 0 * * *", scheduledTime: Date.parse("2026-11-01T00:02:00Z") });
  expect(logged()).toEqual([["first", "2 0 * * *", "2026-11-01T00:02:00.000Z"]]);
});

test("the version that serves runs it, whichever came last", async () => {
  await api(cloud.ready, "POST /workers/scripts/jobs/versions", uploadForm(worker("undeployed")));

  clock.advance(60_000);
  await vi.waitFor(() => expect(events).toHaveLength(2), { timeout: 10_000 });

  expect(logged().at(-1)).toEqual(["first", "3 0 * * *", "2026-11-01T00:03:00.000Z"]);
});

test("a run can be asked for, and its outcome is told", async () => {
  const fired = await api(cloud.ready, "POST /__cron/jobs?cron=*+*+*+*+*&scheduledTime=0");
  const failed = await api(cloud.ready, "POST /__cron/jobs?cron=1+1+1+1+*");
  const unknown = await api(cloud.ready, "POST /__cron/nothing");

  expect(fired.result).toMatchObject({
    cron: "* * * * *",
    scheduled_time: "1970-01-01T00:00:00.000Z",
    outcome: "ok",
  });
  expect(failed.result).toMatchObject({ outcome: "exception" });
  expect(unknown.errors[0]?.code).toBe(10_007);
});

test("a malformed cron is refused and leaves the schedules as they were", async () => {
  const refused = await schedule("0 22 * * 0");
  const listed = await api(cloud.ready, "GET /workers/scripts/jobs/schedules");

  expect(refused).toMatchObject({ status: 400, errors: [{ code: 10_100, message: "invalid cron string" }] });
  expect(listed.result).toMatchObject({ schedules: [{ cron: "2 0 * * *" }, { cron: "3 0 * * *" }] });
});
