import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { sampled } from "./drills/sample.ts";
import { api } from "./testing/api-client.ts";
import { startCloudProcess, temporaryFolder, type CloudProcess } from "./testing/cloud-process.ts";
import { edgeRequest } from "./testing/edge-request.ts";
import { wranglerOn } from "./testing/wrangler.ts";

const BIN = new URL("../bin/local-cloud.js", import.meta.url).pathname;

/** Process ids whose parent, or parent's parent, is `pid`: workerd and PostgreSQL with their own. */
function descendants(pid: number): readonly number[] {
  const children = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return parent === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** A process that has ended but that nobody has waited for counts as ended. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}

async function allEnded(pids: readonly number[], withinMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (pids.some(isRunning) && performance.now() < deadlineMs) await sleep(50);
  return !pids.some(isRunning);
}

/** Where namespaces are forbidden, a full disk is not verified. */
const maySeparateMounts = spawnSync("unshare", ["--map-root-user", "--mount", "true"]).status === 0;
const onLinux = existsSync("/proc/self/stat");

const DATABASE = ["--database", "app"];
/** Each ends another part of a start. */
const SMALL_DISKS: readonly (readonly [size: string, args: readonly string[]])[] = [
  ["16k", DATABASE],
  ["200k", DATABASE],
  ["8m", DATABASE],
  ["250k", []],
  ["400k", []],
];

const ANY_PORTS = ["--port", "0", "--edge-port", "0", "--database-port", "0"];

/** Starts one that is expected to fail. `lines` are what it says, without its log. */
function up(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, [BIN, "up", ...args], {
    encoding: "utf8",
    timeout: 20_000,
  });
  const lines = stderr.trim().split("\n");
  return { status, lines: lines.filter((line) => !/^\d{4}-/u.test(line)) };
}

/** Name and password of the database's user: they outlive the port. */
function databaseUser({ ready }: Pick<CloudProcess, "ready">) {
  const { username, password } = new URL(ready.databases["my-app"]?.url ?? "");
  return { username, password };
}

/** A client that watches a Worker's log and does not leave. */
async function openTail(ready: CloudProcess["ready"]): Promise<WebSocket> {
  const { result } = await api(ready, "POST /workers/scripts/hello/tails", {});
  const tail = new WebSocket((result as { url: string }).url, "trace-v1");
  tail.on("error", () => undefined);
  await once(tail, "open");
  return tail;
}

// One story: a local cloud is used by a shell and by wrangler, refuses its folder to another one, and ends.
describe("a local cloud", () => {
  let cloud: CloudProcess;

  beforeAll(async () => {
    cloud = await startCloudProcess({ args: ["--database", "my-app"] });
  });

  test("tells a shell what it needs, with every value quoted", () => {
    const script = execFileSync(process.execPath, [BIN, "env", "--data", cloud.ready.dataDir], {
      encoding: "utf8",
    });
    const names = ["CLOUDFLARE_API_BASE_URL", "CLOUDFLARE_API_TOKEN", "LOCAL_CLOUD_MY_APP_URL"];
    const print = names.map((name) => `"$${name}"`).join(" ");

    const seen = execFileSync("sh", ["-c", `${script}\nprintf '%s\\n' ${print}`], { encoding: "utf8" });

    expect(seen.trim().split("\n")).toEqual([
      cloud.ready.apiBaseUrl,
      cloud.ready.apiToken,
      cloud.ready.databases["my-app"]?.url,
    ]);
  });

  test("lets no other one use its folder", () => {
    const { status, lines } = up("--data", cloud.ready.dataDir, ...ANY_PORTS);

    expect(status).toBe(2);
    expect(lines[0]).toContain("Another local cloud uses the data folder");
  });

  test("ended by SIGKILL leaves no process after 5 s, and loses nothing that was acknowledged", async () => {
    const before = cloud.ready;
    await wranglerOn(before).run(["deploy"]);
    const file = { host: "hello.localhost", path: "/files/kept" };
    await edgeRequest(before, { ...file, method: "PUT", body: "kept" });
    const pids = onLinux ? descendants(before.pid) : [];

    await cloud.end("SIGKILL");

    expect(await allEnded(pids, 5000)).toBe(true);
    cloud = await startCloudProcess({ dataDir: before.dataDir, args: ["--database", "my-app"] });
    expect((await edgeRequest(cloud.ready, file)).body).toBe("kept");
    expect(cloud.ready.apiToken).toBe(before.apiToken);
    expect(databaseUser(cloud)).toEqual(databaseUser({ ready: before }));
  });

  test("ended by SIGTERM takes under 5 s, exits 0 and leaves no process and nothing unwritten", async () => {
    const tail = await openTail(cloud.ready);
    const pids = onLinux ? descendants(cloud.ready.pid) : [];
    const startedAtMs = performance.now();

    const ended = await cloud.end("SIGTERM");

    expect(ended).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
    expect(cloud.log()).not.toMatch(/ stop: /u);
    expect(existsSync(join(cloud.ready.dataDir, "state.sqlite-wal"))).toBe(false);
    expect(tail.readyState).not.toBe(tail.OPEN);
    expect(await allEnded(pids, 5000)).toBe(true);
  });
});

describe("a local cloud that can't start", () => {
  test("because a port is taken says which, and how to choose another", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;

    const { status, lines } = up("--data", temporaryFolder(), "--port", String(port), "--edge-port", "0");
    taken.close();

    expect({ status, lines }).toEqual({
      status: 2,
      lines: [
        `local-cloud: 127.0.0.1:${port} can't be listened on: another program has it.`,
        "  Choose another port with --port PORT, or --port 0 for any free one.",
      ],
    });
  });

  test("because its state is damaged says so and leaves it", () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, "state.sqlite"), "damaged ".repeat(1000));

    const { status, lines } = up("--data", dataDir, ...ANY_PORTS);

    expect(status).toBe(2);
    expect(lines[0]).toContain("is damaged");
    expect(readFileSync(join(dataDir, "state.sqlite"), "utf8")).toContain("damaged damaged");
  });

  test.skipIf(!maySeparateMounts).each(sampled(SMALL_DISKS, 1))(
    "because the disk has only %s, with %j, says that it is full",
    (size, args) => {
      const folder = temporaryFolder();
      const script = `mount -t tmpfs -o size=${size} tmpfs "$1" && shift && exec "$@"`;
      const program = [process.execPath, BIN, "up", "--data", folder, ...ANY_PORTS, ...args];
      const { status, stderr } = spawnSync(
        "unshare",
        ["--map-root-user", "--mount", "sh", "-c", script, "sh", folder, ...program],
        {
          encoding: "utf8",
          timeout: 20_000,
        },
      );
      const lines = stderr.trim().split("\n");

      expect(status).toBe(2);
      expect(lines.slice(-2)).toEqual([
        expect.stringMatching(/^local-cloud: .*: the disk is full\.$/u),
        "  Free some space, or choose another folder with --data DIR.",
      ]);
    },
  );

  test("because its folder is a file says so", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");

    const { status, lines } = up("--data", file, ...ANY_PORTS);

    expect(status).toBe(2);
    expect(lines[0]).toContain("can't be used");
  });

  test.each([
    [["--prot", "1"], "Unknown option '--prot'"],
    [["--port", "x"], "--port takes a port"],
  ])("with %j says what is wrong", (args, what) => {
    const { status, lines } = up("--data", temporaryFolder(), ...args);

    expect(status).toBe(2);
    expect(lines[0]).toContain(what);
  });
});

describe("local-cloud env", () => {
  test("says what to do when none is running", () => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, "env", "--data", temporaryFolder()], {
      encoding: "utf8",
    });

    expect(status).toBe(2);
    expect(stderr).toContain("npx local-cloud up");
  });
});
