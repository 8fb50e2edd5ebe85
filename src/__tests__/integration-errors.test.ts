import { afterAll, beforeAll, expect, test } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { newVisitor } from "./support/visitor.ts";
import { type Overrides, startWorker, VERSION, type WorkerUnderTest } from "./support/worker.ts";

const BROWSER = { headers: { accept: "text/html,*/*;q=0.8" } };

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;

beforeAll(async () => {
  database = await startDatabase();
  worker = await start();
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

function start(overrides: Overrides = {}): Promise<WorkerUnderTest> {
  return startWorker({
    env: "staging",
    databaseUrl: database.url,
    overrides,
  });
}

/** A Worker whose authentication can't work, with a NODE_ENV that makes libraries talkative. */
async function withBrokenWorker(work: (broken: WorkerUnderTest) => Promise<void>): Promise<void> {
  const broken = await start({ BETTER_AUTH_SECRET: undefined, NODE_ENV: "development" });
  try {
    await work(broken);
  } finally {
    await broken.stop();
  }
}

test("an uncaught error is a plain 500 and one line in the log, joined by the request's number", async () => {
  await withBrokenWorker(async (broken) => {
    const answer = await broken.ask("/api/auth/get-session?secret=query", {
      headers: { cookie: "fm5=private" },
    });
    const body = await answer.json();

    expect(answer.status).toBe(500);
    expect(body).toEqual({
      error: {
        code: "internal",
        message: "Something failed here.",
        requestId: answer.headers.get("x-request-id"),
      },
    });
    await expect.poll(() => broken.log).toHaveLength(1);
    expect(broken.log[0]).toMatchObject({
      level: "error",
      message: "uncaught error",
      requestId: body.error.requestId,
      release: VERSION.tag,
      version: VERSION.id,
      environment: "staging",
      method: "GET",
      path: "/api/auth/get-session",
      error: { name: "EnvError", code: "env_invalid", message: "BETTER_AUTH_SECRET is missing" },
    });
    expect(JSON.stringify(broken.log)).not.toMatch(/secret=query|private/u);
  });
});

test("a page that fails is a plain page with the number, without message or stack, and is told once", async () => {
  await withBrokenWorker(async (broken) => {
    const answer = await broken.ask("/dashboard", BROWSER);
    const page = await answer.text();

    expect(answer.status).toBe(500);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(page).toContain(answer.headers.get("x-request-id"));
    expect(page).not.toMatch(/BETTER_AUTH_SECRET|\.mjs|\.js:|\bat /u);
    await expect.poll(() => broken.log.length).toBe(1);
  });
});

test("every answer carries version and release, errors and API included", async () => {
  const paths = [
    "/",
    "/health",
    "/nope",
    "/sign-in",
    "/files",
    "/api/files",
    "/api/trpc/release",
    "/api/auth/jwks",
  ];

  const answers = await Promise.all(paths.map((path) => worker.ask(path)));

  for (const answer of answers) {
    expect(answer.headers.get("x-worker-version")).toBe(VERSION.id);
    expect(answer.headers.get("x-release")).toBe(VERSION.tag);
    expect(answer.headers.get("x-request-id")).toMatch(/\S/u);
  }
});

test("an address that leads nowhere is a page of 404", async () => {
  const answer = await worker.ask("/no/such/page", BROWSER);

  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("This page isn’t on any spool.");
});

test.each(["/", "/health", "/sign-in", "/no-such-page"])("POST to the page %s is refused", async (path) => {
  const answer = await worker.ask(path, { method: "POST", body: "x" });

  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("GET, HEAD");
});

test("staging isn't found by search engines, production is", async () => {
  const production = await startWorker({
    env: "production",
    databaseUrl: database.url,
  });
  const answer = await production.ask("/");
  const page = await answer.text();
  await production.stop();

  expect((await worker.ask("/")).headers.get("x-robots-tag")).toBe("noindex");
  expect(answer.headers.has("x-robots-tag")).toBe(false);
  expect(page).toContain(">production<");
});

test("hashed assets are kept for good, and pages are asked for again", async () => {
  const page = await worker.ask("/");
  const script = /\/assets\/[\w-]+\.js/u.exec(await page.text())?.[0] ?? "";
  const asset = await worker.ask(script);
  await asset.arrayBuffer();

  expect(asset.status).toBe(200);
  expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
  expect(page.headers.get("cache-control")).toBe("private, no-cache");
});

test("a database that fails in the middle of an API call stays an internal matter", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  await database.cut();

  const answer = await visitor.ask("/api/trpc/me");
  const text = await answer.text();
  await database.mend();

  expect(answer.status).toBe(500);
  expect(text).toContain("Something failed here.");
  expect(text).not.toMatch(/prisma|postgres|stack|socket/iu);
  expect((await visitor.ask("/api/trpc/me")).status).toBe(200);
});

test("requests that are given up while a Worker makes itself ready keep no later one waiting", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const fresh = await start();
  const read = (signal?: AbortSignal) =>
    fresh.ask("/api/trpc/account.overview", {
      headers: { cookie },
      signal: signal ?? null,
    });

  await Promise.allSettled(Array.from({ length: 20 }, (_, count) => read(AbortSignal.timeout(5 * count))));
  const answer = await read();
  await fresh.stop();

  expect(answer.status).toBe(200);
});

test("a Worker that was uploaded without a tag is unreleased, and well", async () => {
  const version = { id: "some-version", tag: "" };
  const untagged = await startWorker({
    env: "staging",
    databaseUrl: database.url,
    version,
  });
  const answer = await untagged.ask("/health");
  await untagged.stop();

  expect(answer.status).toBe(200);
  expect(answer.headers.get("x-release")).toBe("unreleased");
  expect(answer.headers.get("x-worker-version")).toBe("some-version");
});
