import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { temporaryFolder } from "testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startCloud, type Cloud, type CloudOptions } from "./cloud.ts";

const SAYS_READY = `console.log(JSON.stringify({
  pid: process.pid, apiBaseUrl: "http://127.0.0.1:9/client/v4", edgeUrl: "http://127.0.0.1:9",
  accountId: "", apiToken: "", databases: {}, inboxUrl: "", dataDir: "",
}));`;
const STAYS = "setInterval(() => {}, 1000);";
const DEAF = 'process.on("SIGTERM", () => {});';

/** Starts a cloud of a project whose local-cloud command is `script`. */
function startFake(
  script: string,
  options: Partial<CloudOptions> = {},
): { readonly cloud: Promise<Cloud>; readonly pid: () => number | undefined } {
  const project = temporaryFolder("fake-cloud");
  const bin = join(project, "node_modules", ".bin");
  const pidFile = join(project, "pid");
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, "local-cloud"),
    `#!/usr/bin/env node\nrequire("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));\n${script}\n`,
    { mode: 0o755 },
  );
  const cloud = startCloud({
    project,
    dataDir: join(project, "data"),
    ports: [0, 0, 0],
    databases: [],
    buckets: [],
    ...options,
  });
  return { cloud, pid: () => (existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : undefined) };
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) throw new Error("it has never run");
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

let started: ReturnType<typeof startFake> | undefined;
afterEach(() => {
  const pid = started?.pid();
  if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
});

describe("a cloud's process", () => {
  test("that isn't ready in time is killed, and what it said is told", async () => {
    started = startFake(`console.error("waiting for the moon");${STAYS}${DEAF}`, { startsWithinMs: 1500 });

    await expect(started.cloud).rejects.toThrow("not ready within 1.5 s. It said:\nwaiting for the moon");
    await vi.waitFor(() => expect(isAlive(started?.pid())).toBe(false));
  });

  test("that says something else than that it is ready is killed", async () => {
    started = startFake(`console.log("{}");${STAYS}`);

    await expect(started.cloud).rejects.toThrow("apiBaseUrl");
    await vi.waitFor(() => expect(isAlive(started?.pid())).toBe(false));
  });

  test("that ends before it is ready tells why, by its exit code too", async () => {
    started = startFake('console.error("the port is taken"); process.exitCode = 2;');

    await expect(started.cloud).rejects.toMatchObject({ exitCode: 2, message: "the port is taken" });
  });

  test("is stopped when a later step of the start fails", async () => {
    started = startFake(`${SAYS_READY}${STAYS}`, { buckets: ["nobody listens"] });

    await expect(started.cloud).rejects.toThrow("POST http://127.0.0.1:9/client/v4/accounts//r2/buckets had");
    expect(isAlive(started.pid())).toBe(false);
  });

  test("that doesn't end in time is killed, and the stop says so", async () => {
    started = startFake(`${DEAF}${SAYS_READY}${STAYS}`, { stopsWithinMs: 200 });
    const cloud = await started.cloud;

    await expect(cloud.stop()).rejects.toThrow("did not end within 0.2 s of SIGTERM, and was killed");
    expect(isAlive(started.pid())).toBe(false);
    await expect(cloud.stop()).resolves.toBeUndefined();
  });
});
