import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientEnvironment } from "../../commands/env.ts";
import { startCloudProcess, temporaryFolder, type CloudProcess } from "../../testing/cloud-process.ts";
import { longTest } from "../../testing/long-test.ts";

/** What the tests use of `@xata.io/api`: its sources don't compile under this project's stricter settings. */
interface Client {
  readonly api: Readonly<Record<string, Readonly<Record<string, (params?: unknown) => Promise<unknown>>>>>;
}
interface ClientModule {
  readonly XataApi: new (options: { token: string; baseUrl: string; retry: false }) => Client;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly port: number;
  readonly connectionString: string;
}

const APP = "my-app";
const ARGS = ["--database", APP];
const hasPsql = spawnSync("psql", ["--version"]).status === 0;

let cloud: CloudProcess;
let client: Client;
let newClient: (token: string) => Client;
let project: { readonly organizationID: string; readonly projectID: string };
let main: { readonly organizationID: string; readonly projectID: string; readonly branchID: string };

beforeAll(async () => {
  cloud = await startCloudProcess({ dataDir: temporaryFolder(), args: ARGS });
  await connect();
  await sql(await dsn(main.branchID), "CREATE TABLE spools (color text)");
  await sql(await dsn(main.branchID), "INSERT INTO spools VALUES ('red')");
});

afterAll(async () => {
  await cloud.end("SIGTERM");
});

async function connect(): Promise<void> {
  const path = createRequire(import.meta.url).resolve("@xata.io/api");
  const { XataApi } = (await import(path)) as ClientModule;
  const env = clientEnvironment(cloud.ready);
  newClient = (token) => new XataApi({ token, baseUrl: env["XATA_API_BASE_URL"] ?? "", retry: false });
  client = newClient(env["XATA_API_KEY"] ?? "");
  project = {
    organizationID: env["XATA_ORGANIZATION_ID"] ?? "",
    projectID: env["XATA_PROJECT_ID"] ?? "",
  };
  main = { ...project, branchID: env["XATA_BRANCH_ID"] ?? "" };
}

async function call<T>(tag: string, operation: string, params: unknown): Promise<T> {
  return (await client.api[tag]?.[operation]?.(params)) as T;
}

async function credentials(branchID: string, username?: string): Promise<Credentials> {
  const queryParams = username === undefined ? {} : { username };
  return call("branches", "getBranchCredentials", { pathParams: { ...project, branchID }, queryParams });
}

async function dsn(branchID: string): Promise<string> {
  return (await credentials(branchID)).connectionString;
}

async function create(body: unknown): Promise<string> {
  const { id } = await call<{ id: string }>("branches", "createBranch", { pathParams: project, body });
  return id;
}

async function remove(branchID: string): Promise<void> {
  await call("branches", "deleteBranch", { pathParams: { ...project, branchID } });
}

async function sql(url: string, query: string) {
  const response = await fetch(`http://127.0.0.1:${new URL(url).port}/sql`, {
    method: "POST",
    headers: { "connection-string": url, "array-mode": "true" },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function refusal(tag: string, operation: string, params: unknown): Promise<unknown> {
  return call(tag, operation, params).then(
    () => "not refused",
    (error: unknown) => {
      const { status, message } = error as { status: number; message: string };
      return `${status} ${message}`;
    },
  );
}

test("what `env` prints leads the official client to the branch with the app's database", async () => {
  const { organizations } = await call<{ organizations: readonly { id: string }[] }>(
    "organizations",
    "getOrganizationsList",
    undefined,
  );
  const { projects } = await call<{ projects: readonly unknown[] }>("projects", "listProjects", {
    pathParams: project,
  });
  const { branches } = await call<{ branches: readonly unknown[] }>("branches", "listBranches", {
    pathParams: project,
  });

  expect(organizations.map(({ id }) => id)).toEqual([project.organizationID]);
  expect(projects).toMatchObject([{ id: project.projectID, name: "local" }]);
  expect(branches).toMatchObject([
    { id: main.branchID, name: "main", parentID: null, backupsEnabled: true, publicAccess: true },
  ]);
  expect(await dsn(main.branchID)).toBe(cloud.ready.databases[APP]?.url);
});

test("a child branch is made, read, changed and deleted", async () => {
  const branchID = await create({
    mode: "inherit",
    parentID: main.branchID,
    name: "preview",
    description: "A try",
  });
  const child = { pathParams: { ...project, branchID } };

  const made = await call("branches", "describeBranch", child);
  const rows = await sql(await dsn(branchID), "SELECT color FROM spools");
  const changed = await call("branches", "updateBranch", { ...child, body: { name: "renamed" } });
  await remove(branchID);

  expect(made).toMatchObject({
    id: branchID,
    name: "preview",
    description: "A try",
    parentID: main.branchID,
    status: { statusType: "STATUS_TYPE_HEALTHY", instanceCount: 1, instanceReadyCount: 1 },
    scaleToZero: { enabled: true, inactivityPeriodMinutes: 30 },
    backupConfiguration: { retentionPeriod: 2 },
  });
  expect(rows.body["rows"]).toEqual([["red"]]);
  expect(changed).toMatchObject({ id: branchID, name: "renamed" });
  expect(await refusal("branches", "describeBranch", child)).toBe(
    `404 Branch with ID [${branchID}]: not found`,
  );
});

test.skipIf(!hasPsql)(
  "after a mistake, a restore gives a new DSN by which psql finds what was lost",
  async () => {
    const url = await dsn(main.branchID);
    const restoreTime = new Date().toISOString();
    await sql(url, "DELETE FROM spools");

    const { id } = await call<{ id: string }>("branches", "restoreFromBackup", {
      pathParams: main,
      body: { name: "recovered", restoreTime },
    });
    const { stdout, stderr } = spawnSync(
      "psql",
      [await dsn(id), "-X", "-A", "-t", "-c", "\\copy spools TO STDOUT", "-c", "\\conninfo"],
      { encoding: "utf8", timeout: 20_000 },
    );
    const afterwards = await sql(url, "SELECT count(*)::int FROM spools");
    await sql(url, "INSERT INTO spools VALUES ('red')");
    await remove(id);

    expect(stderr).toBe("");
    expect(stdout).toMatch(/^red\n/u);
    expect(stdout).toContain(APP);
    expect(afterwards.body["rows"]).toEqual([[0]]);
  },
);

test("a backup says from when to when, and other times are refused", async () => {
  const backup = await call<{ earliestRestore: string; latestRestore: string }>("projects", "getBackup", {
    pathParams: { ...project, backupID: main.branchID },
  });
  const restore = async (restoreTime: string) =>
    refusal("branches", "restoreFromBackup", { pathParams: main, body: { name: "no", restoreTime } });

  const tooEarly = await restore(new Date(Date.parse(backup.earliestRestore) - 1).toISOString());
  const tooLate = await restore(new Date(Date.now() + 60_000).toISOString());

  expect(backup).toMatchObject({ id: main.branchID, branchID: main.branchID });
  expect(tooEarly).toBe(
    `400 Branch [no]: invalid parameter [restoreTime]: the earliest point in time to restore is ${backup.earliestRestore}`,
  );
  expect(tooLate).toBe("400 Branch [no]: invalid parameter [restoreTime]: must not be in the future");
});

test("rotated credentials are new, and the old ones refused", async () => {
  const old = await dsn(main.branchID);

  await call("branches", "rotateBranchCredentials", { pathParams: main, body: { username: APP } });
  const refused = await sql(old, "SELECT 1");
  const accepted = await sql(await dsn(main.branchID), "SELECT 1");

  expect(refused).toMatchObject({ status: 400, body: { code: "28P01" } });
  expect(accepted.status).toBe(200);
});

test("an empty branch has the database and role `xata`; put to sleep for good, it refuses until it is woken", async () => {
  const configuration = { region: "local", image: "postgresql:18", instanceType: "local", replicas: 0 };
  const branchID = await create({ mode: "custom", configuration, name: "empty" });
  const at = { pathParams: { ...project, branchID } };
  const { username, connectionString } = await credentials(branchID);

  await call("branches", "updateBranch", { ...at, body: { hibernate: true } });
  const asleep = await call("branches", "describeBranch", at);
  const refused = await sql(connectionString, "SELECT 1");
  await call("branches", "updateBranch", { ...at, body: { hibernate: false } });
  const woken = await sql(connectionString, "SELECT current_database()");
  await remove(branchID);

  expect(username).toBe("xata");
  expect(asleep).toMatchObject({ status: { statusType: "STATUS_TYPE_HIBERNATED", instanceReadyCount: 0 } });
  expect(refused).toMatchObject({ status: 409, body: { code: "BRANCH_HIBERNATED" } });
  expect(woken.body["rows"]).toEqual([["xata"]]);
});

test("a project is made, changed and deleted", async () => {
  const { organizationID } = project;
  const made = await call<{ id: string }>("projects", "createProject", {
    pathParams: { organizationID },
    body: { name: "second" },
  });
  const second = { pathParams: { organizationID, projectID: made.id } };

  const changed = await call("projects", "updateProject", { ...second, body: { name: "renamed" } });
  await call("projects", "deleteProject", second);

  expect(changed).toMatchObject({ id: made.id, name: "renamed" });
  expect(await refusal("projects", "getProject", second)).toBe(`404 Project with ID [${made.id}]: not found`);
});

test("metrics of this moment, and none that isn't measured", async () => {
  const range = {
    start: new Date(Date.now() - 60_000).toISOString(),
    end: new Date(Date.now() + 60_000).toISOString(),
  };
  const ask = { ...range, aggregations: ["avg"] };

  const { results } = await call<{ results: readonly unknown[] }>("branches", "branchMetrics", {
    pathParams: main,
    body: { ...ask, metrics: ["disk"] },
  });
  const refused = await refusal("branches", "branchMetrics", {
    pathParams: main,
    body: { ...ask, metrics: ["cpu"] },
  });

  expect(results).toEqual([
    {
      metric: "disk",
      unit: "bytes",
      series: [
        {
          instanceID: `${main.branchID}-1`,
          aggregation: "avg",
          values: [{ timestamp: expect.any(String), value: expect.any(Number) }],
        },
      ],
    },
  ]);
  expect(refused).toBe("501 The local cloud doesn't measure cpu.");
});

test("what can't be done is refused with the real status, and the sentence says why", async () => {
  const none = { ...project, branchID: "none" };
  const inherit = { mode: "inherit", parentID: main.branchID, name: "x" };
  const createWith = async (body: unknown) =>
    refusal("branches", "createBranch", { pathParams: project, body });

  expect({
    wrongOrganization: await refusal("projects", "listProjects", { pathParams: { organizationID: "other" } }),
    noName: await createWith({ ...inherit, name: "" }),
    noParent: await createWith({ ...inherit, parentID: "none" }),
    unsupported: await createWith({ ...inherit, preloadLibraries: [] }),
    retention: await createWith({ ...inherit, backupConfiguration: { retentionPeriod: 1 } }),
    noBranch: await refusal("branches", "getBranchCredentials", { pathParams: none }),
    noRole: await refusal("branches", "getBranchCredentials", {
      pathParams: main,
      queryParams: { username: "nobody" },
    }),
    noChange: await refusal("branches", "updateBranch", { pathParams: main, body: {} }),
    ownBranch: await refusal("branches", "deleteBranch", { pathParams: main }),
    noRoute: await refusal("apiKeys", "listUserAPIKeys", undefined),
  }).toEqual({
    wrongOrganization: "401 no access to organization [other]",
    noName: "400 invalid parameter [name]: branch name is required",
    noParent: "404 Branch with ID [none]: not found",
    unsupported: "400 invalid parameter [preloadLibraries]: the local cloud doesn't support it",
    retention:
      "400 invalid parameter [backupConfiguration.retentionPeriod]: must be at least 2 days and maximum 35 days",
    noBranch: "404 Branch with ID [none]: not found",
    noRole: `404 Credentials for username [nobody] on branch with ID [${main.branchID}]: not found`,
    noChange: `400 Branch [${main.branchID}]: invalid parameter [body]: at least one of the request fields needs to be set`,
    ownBranch:
      "400 Branch [main]: invalid parameter [branchID]: the branch with the local cloud's own databases (--database) can't be deleted",
    noRoute: "501 The local cloud has no route for GET /xata/api-keys.",
  });
});

test("without the right key nothing is told", async () => {
  const stranger = newClient("wrong");

  const refused = stranger.api["projects"]?.["listProjects"]?.({ pathParams: project });

  await expect(refused).rejects.toMatchObject({ status: 401, message: "Unauthorized" });
});

longTest("a SIGKILL of the local cloud loses no branch, key or password", async () => {
  const branchID = await create({ mode: "inherit", parentID: main.branchID, name: "kept" });
  const before = await credentials(branchID);
  const key = clientEnvironment(cloud.ready)["XATA_API_KEY"];
  await cloud.end("SIGKILL");

  cloud = await startCloudProcess({ dataDir: cloud.ready.dataDir, args: ARGS });
  await connect();
  const after = await credentials(branchID);
  const { body } = await sql(after.connectionString, "SELECT color FROM spools");

  expect(clientEnvironment(cloud.ready)["XATA_API_KEY"]).toBe(key);
  expect(after.password).toBe(before.password);
  expect(body["rows"]).toEqual([["red"]]);
});
