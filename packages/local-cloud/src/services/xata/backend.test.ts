import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { locatePostgres } from "./binaries.ts";
import { commandAs, postgresArguments } from "./commands.ts";
import { parsePostmasterFile } from "./postmaster-file.ts";
import { canEndWithParent, chooseRunAs, readCircumstances } from "./run-as.ts";
import { PRODUCTION, STAGING, startTestXata, type TestXata } from "./test-service.ts";
import { until } from "./until.ts";
import { longTest } from "../../testing/long-test.ts";

let xata: TestXata;

beforeAll(async () => {
  xata = await startTestXata();
  await xata.ask({ query: "CREATE TABLE filaments (name text PRIMARY KEY)" });
});

afterAll(async () => xata.stop());

async function names(): Promise<unknown> {
  const { body } = await xata.ask(
    { query: "SELECT name FROM filaments ORDER BY name" },
    { "array-mode": "true" },
  );
  return body["rows"];
}

async function direct(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  return client;
}

test("migrations and the app meet in the same database, over PostgreSQL and over HTTP", async () => {
  const client = await direct(xata.service.databases[STAGING]?.directUrl ?? "");

  await client.query("INSERT INTO filaments VALUES ('over TCP')");
  await client.end();

  expect(await names()).toContainEqual(["over TCP"]);
});

test("a role reaches its own database and no other", async () => {
  const elsewhere = xata.url.replace(`/${STAGING}?`, `/${PRODUCTION}?`);

  await expect(direct(elsewhere)).rejects.toMatchObject({ code: "42501" });
  expect(await xata.ask({ query: "SELECT 1" }, { "connection-string": elsewhere })).toMatchObject({
    status: 400,
    body: { code: "42501" },
  });
});

test("every session starts in UTC and with a statement timeout of 30 s", async () => {
  const query = "SELECT current_setting('timezone') AS zone, current_setting('statement_timeout') AS timeout";

  const { body } = await xata.ask({ query });

  expect(body["rows"]).toEqual([{ zone: "UTC", timeout: "30s" }]);
});

test("an outage is answered with 500 at once, and ends with nothing lost", async () => {
  await xata.ask({ query: "INSERT INTO filaments VALUES ('before the outage')" });

  await xata.service.stopPostgres();
  const during = await xata.ask({ query: "SELECT 1" });
  const refused = await direct(xata.url).catch((error: unknown) => error);
  await webSocketIsClosed(xata.service.port);
  await xata.service.startPostgres();

  expect(during).toMatchObject({ status: 500, body: { code: "XX000" } });
  expect(refused).toBeInstanceOf(Error);
  expect(await names()).toContainEqual(["before the outage"]);
});

test("an outage and its end that are asked for at once happen in that order", async () => {
  const { service } = xata;

  await Promise.all([service.stopPostgres(), service.startPostgres(), service.startPostgres()]);

  expect((await xata.ask({ query: "SELECT 1" })).status).toBe(200);
});

test("a SIGKILL of PostgreSQL loses nothing that was committed", async () => {
  await xata.ask({ query: "INSERT INTO filaments VALUES ('before the kill')" });
  const open = await direct(xata.url);
  await open.query("BEGIN; INSERT INTO filaments VALUES ('never committed')");

  const killed = xata.service.postgresPid;
  process.kill(killed, "SIGKILL");
  await xata.service.startPostgres();
  await open.end();

  expect(xata.service.postgresPid).not.toBe(killed);
  expect(await names()).toContainEqual(["before the kill"]);
  expect(await names()).not.toContainEqual(["never committed"]);
});

test("passwords appear in no log line, and only the owner reads the file that keeps them", async () => {
  const password = new URL(xata.url).password;

  await direct(xata.url.replace(password, "wrong")).catch(() => {});
  const { mode } = await stat(join(xata.dataDir, "credentials.json"));

  expect(xata.log.filter((line) => line.includes(password))).toEqual([]);
  expect(mode & 0o077).toBe(0);
});

longTest(
  "when the process that started it is killed, PostgreSQL ends too, and the next start finds data and passwords",
  async ({ skip }) => {
    if (!canEndWithParent()) skip("not verified: there is no setpriv here");
    const dataDir = await mkdtemp(join(tmpdir(), "xata-killed-"));
    const first = await startInChild(dataDir);

    const ended = await until(() => !isAlive(first.postgresPid), 5_000);
    const second = await startTestXata({ dataDir });
    const answer = await second.ask({ query: "SELECT v FROM kept" }, { "array-mode": "true" });
    await second.stop();

    expect(ended).toBe(true);
    expect(answer.body["rows"]).toEqual([["kept"]]);
    expect(second.url.replace(/:\d+\//u, "/")).toBe(first.url.replace(/:\d+\//u, "/"));
  },
);

test("a PostgreSQL that was left behind on the data is ended first", async () => {
  await xata.service.stop();
  const orphan = await startOrphan(xata.dataDir);

  xata = await startTestXata({ dataDir: xata.dataDir });

  expect(isAlive(orphan)).toBe(false);
  expect(await names()).toContainEqual(["before the kill"]);
});

test("a stale lock file that names somebody else's process is no obstacle, and that process is left alone", async () => {
  await xata.service.stop();
  const bystander = spawn("sleep", ["60"]);
  const lockFile = join(xata.dataDir, "postgres", "data", "postmaster.pid");
  await writeFile(lockFile, `${bystander.pid}\n${xata.dataDir}\n`);

  xata = await startTestXata({ dataDir: xata.dataDir });
  const untouched = bystander.exitCode === null && bystander.signalCode === null;
  bystander.kill();

  expect(untouched).toBe(true);
});

longTest("a cluster whose making was interrupted is made again", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "xata-partial-"));
  await mkdir(join(dataDir, "postgres", "data.partial", "base"), { recursive: true });

  const service = await startTestXata({ dataDir });
  const answer = await service.ask({ query: "SELECT 1" });
  await service.stop();

  expect(answer.status).toBe(200);
});

test("a taken port is said, and PostgreSQL doesn't stay behind", async () => {
  await xata.service.stop();
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => void taken.once("listening", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  await expect(startTestXata({ dataDir: xata.dataDir, port })).rejects.toMatchObject({ code: "PORT_TAKEN" });
  const lockFile = readFile(join(xata.dataDir, "postgres", "data", "postmaster.pid"));
  await expect(lockFile).rejects.toMatchObject({ code: "ENOENT" });

  taken.close();
  xata = await startTestXata({ dataDir: xata.dataDir });
});

test("an unusable name and a damaged password file are said before anything is made", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "xata-errors-"));

  await expect(startTestXata({ dataDir, databases: ["Staging"] })).rejects.toMatchObject({ code: "USAGE" });
  await writeFile(join(dataDir, "credentials.json"), "{");
  await expect(startTestXata({ dataDir })).rejects.toMatchObject({ code: "STATE_UNREADABLE" });
  expect(await readdir(dataDir)).toEqual(["credentials.json"]);

  await rm(dataDir, { recursive: true });
});

longTest("it runs in a namespace where there is no user but root", async ({ skip }) => {
  if (spawnSync("unshare", ["-r", "true"]).status !== 0) skip("not verified: namespaces are forbidden here");
  const dataDir = await mkdtemp(join(tmpdir(), "xata-namespace-"));
  await chmod(dataDir, 0o700);

  const outcome = spawnSync("unshare", ["-r", process.execPath, childScript, dataDir, "stop"], {
    encoding: "utf8",
  });
  await rm(dataDir, { recursive: true });

  expect(outcome.stderr).toBe("");
  expect(JSON.parse(outcome.stdout)).toMatchObject({ status: 200 });
});

/** Sends a startup message and waits for the end of the connection. */
async function webSocketIsClosed(port: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v2`);
  socket.addEventListener("open", () => socket.send(Buffer.from("\0\0\0\x0e\0\x03\0\0user\0\0")));
  await new Promise((resolve) => {
    socket.addEventListener("close", resolve);
  });
}

const childScript = join(import.meta.dirname, "test-child.ts");

interface Child {
  readonly url: string;
  readonly postgresPid: number;
  readonly exited: Promise<void>;
}

/** Starts the service in a process of its own, which writes a row and then kills itself. */
async function startInChild(dataDir: string): Promise<Child> {
  const child = spawn(process.execPath, [childScript, dataDir, "kill"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await exited;
  return { ...JSON.parse(output), exited };
}

/** Starts PostgreSQL on the data as nobody's child would run, and gives its process id once it is ready. */
async function startOrphan(dataDir: string): Promise<number> {
  const { postgres, initdb } = await locatePostgres();
  const clusterDir = join(dataDir, "postgres", "data");
  const args = postgresArguments({
    clusterDir,
    socketDir: join(dataDir, "postgres", "socket"),
    archiveDir: join(dataDir, "postgres", "archive"),
  });
  const command = commandAs(chooseRunAs(readCircumstances([dataDir, postgres, initdb])), postgres, args);
  const child = spawn(command.program, command.arguments, { ...command.user, cwd: "/", stdio: "ignore" });
  const isReady = async () =>
    parsePostmasterFile(await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => ""))
      ?.status === "ready";
  await until(isReady, 10_000);
  return child.pid ?? 0;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
