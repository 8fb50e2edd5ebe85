import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { newVisitor, type Visitor } from "./support/visitor.ts";
import { startWorker, type WorkerUnderTest } from "./support/worker.ts";

const LIMIT_BYTES = 25 * 1024 * 1024;

let database: DatabaseUnderTest;
let worker: WorkerUnderTest;
let visitor: Visitor;

beforeAll(async () => {
  database = await startDatabase();
  worker = await startWorker({ build: inject("build"), env: "staging", databaseUrl: database.url });
  visitor = newVisitor(worker);
  await visitor.signUp();
});

afterAll(async () => {
  await worker?.stop();
  await database?.stop();
});

function upload(
  who: Visitor,
  body: RequestInit["body"],
  changed: { name?: string; init?: RequestInit } = {},
) {
  const { name = "benchy.3mf", init = {} } = changed;
  return who.ask(`/api/files?name=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "content-type": "model/3mf" },
    ...init,
    body: body ?? null,
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test.each([1, 65_537, 5_000_000])("a file of %i bytes comes back byte for byte", async (size) => {
  const content = randomBytes(size);

  const stored = await upload(visitor, content, { name: "Größe 0,2 mm.3mf" });
  const file = await stored.json();
  const download = await visitor.ask(file.url);

  expect(stored.status).toBe(201);
  expect(file).toMatchObject({ name: "Größe 0,2 mm.3mf", contentType: "model/3mf", sizeBytes: size });
  expect(stored.headers.get("location")).toBe(file.url);
  expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(content));
  expect(download.headers.get("content-length")).toBe(String(size));
});

test("a download is never run as a page of ours", async () => {
  const script = "<script>alert(1)</script>";
  const init = { headers: { "content-type": "text/html" } };

  const { url } = await (await upload(visitor, script, { name: "page.html", init })).json();
  const download = await visitor.ask(url);

  expect(await download.text()).toBe(script);
  expect(download.headers.get("content-disposition")).toMatch(/^attachment; filename="page\.html"/u);
  expect(download.headers.get("content-security-policy")).toContain("sandbox");
  expect(download.headers.get("x-content-type-options")).toBe("nosniff");
});

test("a file is listed for its owner and for nobody else, newest first", async () => {
  const owner = newVisitor(worker);
  const other = newVisitor(worker);
  await Promise.all([owner.signUp(), other.signUp()]);

  await upload(owner, "first", { name: "first.stl" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await upload(owner, "second", { name: "second.stl" });

  const names = async (who: Visitor) =>
    (await (await who.ask("/api/files")).json()).files.map(({ name }: { name: string }) => name);
  expect(await names(owner)).toEqual(["second.stl", "first.stl"]);
  expect(await names(other)).toEqual([]);
});

test("another user's file, and one that never was, are both not there", async () => {
  const other = newVisitor(worker);
  await other.signUp();
  const { id } = await (await upload(visitor, "mine")).json();

  const answers = await Promise.all(
    [id, crypto.randomUUID(), "x", "..%2F..%2Fsecret", `${id}%2F`].map((key) =>
      other.ask(`/api/files/${key}`),
    ),
  );

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
});

test("without a session nothing is stored, listed or given out", async () => {
  const stranger = newVisitor(worker);
  const { url } = await (await upload(visitor, "mine")).json();

  const answers = await Promise.all([upload(stranger, "x"), stranger.ask("/api/files"), stranger.ask(url)]);

  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect((await answer.json()).error).toMatchObject({ code: "unauthorized", message: "Please sign in." });
  }
});

test("another site's form stores nothing", async () => {
  const init = { headers: { origin: "https://evil.example" } };

  expect((await upload(visitor, "x", { init })).status).toBe(403);
});

test.each([
  { what: "without a name", name: "", code: "bad_name" },
  { what: "with a name that is only a folder", name: "models/", code: "bad_name" },
  { what: "without content", name: "empty.stl", body: "", code: "empty" },
])("a file $what is refused", async ({ name, body = "x", code }) => {
  const answer = await upload(visitor, body, { name });

  expect(answer.status).toBe(400);
  expect((await answer.json()).error).toMatchObject({ code, requestId: expect.any(String) });
});

test("a file whose length nobody says is refused", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("some bytes"));
      controller.close();
    },
  });
  const init = { duplex: "half" } as RequestInit;

  const answer = await upload(visitor, body, { init });

  expect(answer.status).toBe(411);
});

test("a file of the largest size is stored, a larger one is refused", async () => {
  const largest = await upload(visitor, new Uint8Array(LIMIT_BYTES));
  const larger = await upload(visitor, new Uint8Array(LIMIT_BYTES + 1));

  expect(largest.status).toBe(201);
  expect((await largest.json()).sizeBytes).toBe(LIMIT_BYTES);
  expect(larger.status).toBe(413);
  expect((await larger.json()).error.code).toBe("too_large");
});

test.each(["PUT", "DELETE", "PATCH"])("%s is no way to treat files", async (method) => {
  const answer = await visitor.ask("/api/files", { method });

  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("GET, HEAD, POST");
});
