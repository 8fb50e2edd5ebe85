import { createServer } from "node:net";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RELEASE_HEADER, VERSION_HEADER } from "health-contract";
import { type HealthReport, healthReportSchema } from "health-contract/report";
import { Response as RuntimeResponse } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DatabaseUnderTest, migrationNames, startDatabase } from "./support/database.ts";
import {
  SECRETS,
  startWorker,
  VERSION,
  type WorkerSettings,
  type WorkerUnderTest,
} from "./support/worker.ts";
import { sampled } from "../../packages/local-cloud/src/drills/sample.ts";
import { longTest } from "../../packages/local-cloud/src/testing/long-test.ts";

const BROWSER = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };
const LIMIT_MS = 2000;
/** Findings are told again for a second. */
const STALE_MS = 1000;

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;

beforeAll(async () => {
  database = await startDatabase();
  worker = await startWorker(settings());
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

function settings(changed: Partial<WorkerSettings> = {}): WorkerSettings {
  return { env: "staging", databaseUrl: database.url, ...changed };
}

async function healthOf(
  asked: WorkerUnderTest,
): Promise<{ status: number; report: HealthReport; text: string }> {
  const answer = await asked.ask("/health");
  const text = await answer.text();
  return { status: answer.status, report: healthReportSchema.parse(JSON.parse(text)), text };
}

/** Asks until it is as it should be, for at most five seconds. */
async function untilStatus(asked: WorkerUnderTest, status: number) {
  const patience = performance.now() + 5000;
  let last = await healthOf(asked);
  while (last.status !== status && performance.now() < patience) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    last = await healthOf(asked);
  }
  expect(last.status).toBe(status);
  return last;
}

/** Runs a Worker with other settings for the length of one test. */
async function withWorker<T>(
  changed: Partial<WorkerSettings>,
  work: (other: WorkerUnderTest) => Promise<T>,
): Promise<T> {
  const other = await startWorker(settings(changed));
  try {
    return await work(other);
  } finally {
    await other.stop();
  }
}

test("a well Worker answers 200 with the contract's report, which no cache keeps", async () => {
  const answer = await worker.ask("/health");
  const report = healthReportSchema.parse(await answer.json());

  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get(VERSION_HEADER)).toBe(VERSION.id);
  expect(answer.headers.get(RELEASE_HEADER)).toBe(VERSION.tag);
  expect(report).toMatchObject({
    status: "healthy",
    release: VERSION.tag,
    version: VERSION.id,
    environment: "staging",
    services: { database: "ok", storage: "ok", email: "ok", schema: "ok" },
    schemaVersion: (await migrationNames()).at(-1),
  });
});

test("the report says which settings are there and never what they are", async () => {
  const { report, text } = await healthOf(worker);

  expect(report.configuration).toEqual({
    NODE_ENV: "present",
    APP_ENV: "present",
    EMAIL_FROM: "present",
    JWT_SECRET: "present",
    BETTER_AUTH_SECRET: "present",
    XATA_DATABASE_URL: "present",
    RESEND_API_KEY: "present",
    FILE_STORAGE: "present",
    CF_VERSION_METADATA: "present",
    R2_ENDPOINT: "absent",
    R2_BUCKET: "absent",
    R2_ACCESS_KEY_ID: "absent",
    R2_SECRET_ACCESS_KEY: "absent",
  });
  for (const secret of [...Object.values(SECRETS), database.url]) expect(text).not.toContain(secret);
});

test("a browser gets the same as a page that can be read", async () => {
  const answer = await worker.ask("/health", BROWSER);
  const page = await answer.text();

  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get(VERSION_HEADER)).toBe(VERSION.id);
  expect(page).toContain("FM5 is well.");
  expect(page).toContain(VERSION.tag);
});

test("a database that is cut turns it to 503 within the limit, naming the database; when it returns all is well", async () => {
  await healthOf(worker);
  await new Promise((resolve) => setTimeout(resolve, STALE_MS));
  await database.cut();

  const startedAt = performance.now();
  const { status, report, text } = await healthOf(worker);
  const tookMs = performance.now() - startedAt;
  const page = await worker.ask("/health", BROWSER);

  expect(status).toBe(503);
  expect(tookMs).toBeLessThan(LIMIT_MS + 1500);
  expect(["down", "slow"]).toContain(report.services.database);
  expect(report.services.storage).toBe("ok");
  expect(text).not.toMatch(/postgres|ECONN|connect|socket/iu);
  expect(page.status).toBe(503);
  expect(await page.text()).toContain("FM5 is not well.");

  await database.mend();
  const mended = await untilStatus(worker, 200);
  expect(mended.report.services.database).toBe("ok");
});

longTest("a database that takes connections and never answers is slow at the limit", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const databaseUrl = `postgresql://app:pw@127.0.0.1:${port}/db?sslmode=disable`;

  await withWorker({ databaseUrl }, async (other) => {
    const startedAt = performance.now();
    const { status, report } = await healthOf(other);

    expect(status).toBe(503);
    expect(report.services).toMatchObject({ database: "slow", schema: "slow", storage: "ok" });
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS + 1500);
  });
  silent.close();
});

longTest(
  "a database that never answers is asked by one request at a time, and the others are told what was found before",
  async () => {
    let connections = 0;
    const silent = createServer(() => (connections += 1));
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;

    await withWorker(
      { databaseUrl: `postgresql://app:pw@127.0.0.1:${port}/db?sslmode=disable` },
      async (other) => {
        await healthOf(other);
        const asOfOneRequest = connections;
        await new Promise((resolve) => setTimeout(resolve, STALE_MS));

        const answers = await Promise.all(Array.from({ length: 10 }, () => healthOf(other)));

        expect(new Set(answers.map(({ report }) => report.checkedAt)).size).toBe(2);
        expect(connections).toBe(2 * asOfOneRequest);
      },
    );
    silent.close();
  },
);

test("a bucket that is cut turns it to 503, naming storage; when it returns all is well", async () => {
  const storageFolder = await mkdtemp(join(tmpdir(), "fm5-bucket-"));
  await withWorker({ storageFolder }, async (other) => {
    expect((await healthOf(other)).report.services.storage).toBe("ok");

    const bucket = await spoil(join(storageFolder, "r2/miniflare-R2BucketObject"));
    const cut = await untilStatus(other, 503);
    expect(cut.report.services).toEqual({ database: "ok", storage: "down", email: "ok", schema: "ok" });

    await bucket.restore();
    await untilStatus(other, 200);
  });
  await rm(storageFolder, { recursive: true, force: true });
});

longTest("a Worker without its bucket says so and is not well", async () => {
  await withWorker({ overrides: { FILE_STORAGE: undefined } }, async (other) => {
    const { status, report } = await healthOf(other);

    expect(status).toBe(503);
    expect(report.services.storage).toBe("down");
    expect(report.configuration["FILE_STORAGE"]).toBe("absent");
  });
});

longTest("a database that lacks a migration of this build is behind, until it has it", async () => {
  await database.query("UPDATE _prisma_migrations SET finished_at = NULL");
  const behind = await untilStatus(worker, 503);

  expect(behind.report.services).toEqual({ database: "ok", storage: "ok", email: "ok", schema: "behind" });
  expect(behind.report.schemaVersion).toBeNull();

  await database.query("UPDATE _prisma_migrations SET finished_at = now()");
  expect((await untilStatus(worker, 200)).report.services.schema).toBe("ok");
});

longTest("a database without any table has answered, and is behind", async () => {
  await withWorker({ databaseUrl: database.emptyUrl }, async (other) => {
    const { status, report } = await healthOf(other);

    expect(status).toBe(503);
    expect(report.services).toEqual({ database: "ok", storage: "ok", email: "ok", schema: "behind" });
    expect(report.schemaVersion).toBeNull();
  });
});

test.each(sampled(Object.keys(SECRETS), 1))(
  "a Worker without %s names it, and is otherwise well",
  async (name) => {
    await withWorker({ overrides: { [name]: "" } }, async (other) => {
      const { status, report } = await healthOf(other);

      expect(status).toBe(503);
      expect(Object.entries(report.configuration).filter(([, presence]) => presence === "absent")).toEqual([
        [name, "absent"],
        ["R2_ENDPOINT", "absent"],
        ["R2_BUCKET", "absent"],
        ["R2_ACCESS_KEY_ID", "absent"],
        ["R2_SECRET_ACCESS_KEY", "absent"],
      ]);
      expect(report.services).toMatchObject({ database: "ok", storage: "ok", schema: "ok" });
      expect(await (await other.ask("/health", BROWSER)).text()).toContain(`Missing: ${name}.`);
    });
  },
);

longTest("a key that Resend doesn't know degrades e-mail and nothing else", async () => {
  const resend = () => RuntimeResponse.json({ name: "invalid_api_key" }, { status: 403 });
  await withWorker({ resend }, async (other) => {
    const { status, report } = await healthOf(other);

    expect(status).toBe(200);
    expect(report.services.email).toBe("down");
    expect(other.outbound).toEqual(["GET https://api.resend.com/domains"]);
  });
});

test("asking often doesn't ask the services often", async () => {
  const answers = [];
  for (let count = 0; count < 5; count += 1) answers.push((await healthOf(worker)).report.checkedAt);

  expect(new Set(answers).size).toBeLessThan(3);
  expect(worker.outbound.length).toBe(1);
});

test("only GET and HEAD are answered", async () => {
  const head = await worker.ask("/health", { method: "HEAD" });

  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

/** Fills the bucket's files with noise, as a broken disk would. */
async function spoil(folder: string): Promise<{ readonly restore: () => Promise<void> }> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("metadata"));
  const saved = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  for (const { name, bytes } of saved)
    await writeFile(join(folder, name), Buffer.alloc(bytes.length, "x"), { flag: "r+" });
  return {
    restore: async () => {
      for (const { name, bytes } of saved) await writeFile(join(folder, name), bytes, { flag: "r+" });
    },
  };
}
