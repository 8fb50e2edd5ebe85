import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../../listen.ts";
import { openState, type State } from "../../store/state.ts";
import { ManualClock } from "../../testing/manual-clock.ts";
import { ResendBackend } from "./backend.ts";
import { inboxPage } from "./inbox-page.ts";
import { ResendRate } from "./rate.ts";
import { answerResend, type ResendParts } from "./server.ts";
import { Webhooks } from "./webhooks.ts";

interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

let server: Server;
let client: Resend;
let state: State;
let clock: ManualClock;
let parts: ResendParts;
let posted: Posted[];
/** What the webhook's endpoint answers. */
let answers: number[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { method = "", url: path = "", headers } = request;
    void text(request).then((body) => {
      const given = { get: (name: string) => String(headers[name] ?? "") || null };
      const answer = answerResend(parts, { method, path, headers: given, body });
      return response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  const port = await listen(server, { host: "127.0.0.1", port: 0, flag: "--port" });
  client = new Resend("re_123456789", { baseUrl: `http://127.0.0.1:${port}` });
});

beforeEach(() => {
  state = openState(join(mkdtempSync(join(tmpdir(), "resend-")), "state.sqlite"));
  clock = new ManualClock("2026-11-23T10:00:00Z");
  posted = [];
  answers = [];
  const webhooks = new Webhooks(state, {
    clock,
    post: (endpoint, message) => {
      posted.push({ url: endpoint.href, ...message });
      return Promise.resolve(answers.shift() ?? 200);
    },
  });
  parts = { backend: new ResendBackend(state, { clock, webhooks }), webhooks, rate: undefined };
});

afterEach(() => state.close());
afterAll(() => server.close());

const HELLO = { from: "Shop <shop@example.com>", to: "ann@example.com", subject: "Hello", text: "Hi" };

function post(body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const all: Readonly<Record<string, string>> = { authorization: "Bearer re_123456789", ...headers };
  const answer = answerResend(parts, {
    method: "POST",
    path: "/emails",
    headers: { get: (name) => all[name] ?? null },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body) as unknown };
}

/** Lets the endpoint's answers arrive. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the official client", () => {
  test("sends an email and gets it back", async () => {
    const sent = await client.emails.send({ ...HELLO, html: "<p>Hi</p>", replyTo: "help@example.com" });
    const found = await client.emails.get(sent.data?.id ?? "");

    expect(sent.error).toBeNull();
    expect(found.data).toMatchObject({
      id: sent.data?.id,
      to: ["ann@example.com"],
      html: "<p>Hi</p>",
      reply_to: ["help@example.com"],
      last_event: "delivered",
    });
  });

  test("sends a batch, all or none unless it is permissive", async () => {
    const bad = { ...HELLO, to: "nobody" };

    const strict = await client.batch.send([HELLO, bad]);
    const none = parts.backend.inbox().length;
    const permissive = await client.batch.send([HELLO, bad], { batchValidation: "permissive" });

    expect(strict.error).toMatchObject({ name: "validation_error" });
    expect(none).toBe(0);
    expect(permissive.data).toMatchObject({ data: [{}], errors: [{ index: 1 }] });
    expect(parts.backend.inbox()).toHaveLength(1);
  });

  test("sends once with an idempotency key: the same again for 24 hours, another payload never", async () => {
    const options = { idempotencyKey: "order/1" };
    const first = await client.emails.send(HELLO, options);
    const again = await client.emails.send(HELLO, options);
    const other = await client.emails.send({ ...HELLO, subject: "Other" }, options);
    clock.advance(24 * 60 * 60 * 1000);
    const nextDay = await client.emails.send(HELLO, options);

    expect(again.data).toEqual(first.data);
    expect(other.error).toMatchObject({ name: "invalid_idempotent_request", statusCode: 409 });
    expect(nextDay.data?.id).not.toBe(first.data?.id);
    expect(parts.backend.inbox()).toHaveLength(2);
  });

  test("is told when it asks for more than two in a second", async () => {
    parts = { ...parts, rate: new ResendRate(2, clock) };

    const sent = [await client.emails.send(HELLO), await client.emails.send(HELLO)];
    const refused = await client.emails.send(HELLO);
    clock.advance(1000);
    const later = await client.emails.send(HELLO);

    expect(sent.map(({ error }) => error)).toEqual([null, null]);
    expect(refused.error).toMatchObject({ name: "rate_limit_exceeded", statusCode: 429 });
    expect(refused.headers).toMatchObject({ "ratelimit-limit": "2", "retry-after": "1" });
    expect(later.error).toBeNull();
  });

  test("verifies a webhook's signature, and refuses a changed body", async () => {
    clock.advance(Date.now() - clock.now());
    const created = await client.webhooks.create({
      endpoint: "https://shop.example.com/hooks",
      events: ["email.bounced"],
    });
    await client.emails.send({ ...HELLO, to: "bounced+signup@resend.dev" });
    const [message] = posted;
    const verify = (payload: string) =>
      client.webhooks.verify({
        payload,
        headers: {
          id: message?.headers["svix-id"] ?? "",
          timestamp: message?.headers["svix-timestamp"] ?? "",
          signature: message?.headers["svix-signature"] ?? "",
        },
        webhookSecret: created.data?.signing_secret ?? "",
      });

    expect(posted).toHaveLength(1);
    expect(message?.url).toBe("https://shop.example.com/hooks");
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      type: "email.bounced",
      data: { to: ["bounced+signup@resend.dev"], bounce: { type: "Permanent" } },
    });
    expect(verify(message?.body ?? "")).toMatchObject({ type: "email.bounced" });
    expect(() => verify(`${message?.body} `)).toThrow(/signature/iu);
  });
});

describe("a field that is wrong", () => {
  test.each<[object, string, string]>([
    [{ from: undefined }, "missing_required_field", "Missing `from` field."],
    [{ to: undefined }, "missing_required_field", "Missing `to` field."],
    [{ to: [] }, "missing_required_field", "Missing `to` field."],
    [{ subject: undefined }, "missing_required_field", "Missing `subject` field."],
    [{ text: undefined }, "missing_required_field", "Missing `html` or `text` field."],
    [{ from: "shop" }, "validation_error", "Invalid `from` field."],
    [{ to: "ann" }, "validation_error", "Invalid `to` field."],
    [{ cc: ["ann@example.com", "bob"] }, "validation_error", "Invalid `cc` field."],
    [{ to: Array.from({ length: 51 }, () => "ann@example.com") }, "validation_error", "`to`"],
    [{ text: 5 }, "validation_error", "`text`"],
    [{ tags: [{ name: "a b", value: "c" }] }, "validation_error", "Tags"],
    [{ attachments: [{ path: "https://example.com/a.pdf" }] }, "invalid_attachment", "`path`"],
    [{ scheduled_at: "in 1 min" }, "validation_error", "`scheduled_at`"],
  ])("%j is named", (change, name, message) => {
    expect(post({ ...HELLO, ...change })).toMatchObject({
      status: 422,
      body: { statusCode: 422, name, message: expect.stringContaining(message) },
    });
    expect(parts.backend.inbox()).toEqual([]);
  });

  test("of the request itself is named too", () => {
    expect(post("{")).toMatchObject({ status: 400, body: { name: "validation_error" } });
    expect(post(HELLO, { "idempotency-key": "x".repeat(257) })).toMatchObject({
      status: 400,
      body: { name: "invalid_idempotency_key" },
    });
    expect(post(HELLO, { authorization: "Bearer nope" })).toMatchObject({ status: 403 });
  });
});

describe("a webhook", () => {
  const addHook = (...events: ("email.sent" | "email.delivered" | "email.complained")[]) =>
    parts.webhooks.create({ endpoint: "http://127.0.0.1:1/hooks", events });

  test("hears in order what became of an email", () => {
    addHook("email.sent", "email.delivered", "email.complained");

    post({ ...HELLO, to: "complained@resend.dev" });

    const types = posted.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual(["email.sent", "email.delivered", "email.complained"]);
  });

  test("that fails is asked again after 5 s, 5 min and 30 min, with the same id, until it answers 2xx", async () => {
    addHook("email.delivered");
    answers = [500, 302, 503, 204];

    post(HELLO);
    const seen = [];
    for (const waitMs of [4_999, 1, 300_000, 1_800_000, 36_000_000]) {
      await settled();
      clock.advance(waitMs);
      seen.push(posted.length);
    }

    expect(seen).toEqual([1, 2, 3, 4, 4]);
    expect(new Set(posted.map(({ headers }) => headers["svix-id"])).size).toBe(1);
  });

  test("is asked again after 5 s when its answer can't be kept, on a full disk say", async () => {
    addHook("email.delivered");
    state.run(
      "CREATE TRIGGER full BEFORE UPDATE ON webhook_messages BEGIN SELECT RAISE(FAIL, 'disk is full'); END",
    );
    post(HELLO);
    await settled();
    state.run("DROP TRIGGER full");

    for (const waitMs of [5_000, 36_000_000]) {
      clock.advance(waitMs);
      await settled();
    }

    expect(posted).toHaveLength(2);
  });

  test("gets after a restart what it has not got before", async () => {
    addHook("email.delivered");
    answers = [500];
    post(HELLO);
    await settled();
    parts.webhooks.stop();

    const again: string[] = [];
    const restarted = new Webhooks(state, {
      clock,
      post: (_, { headers }) => Promise.resolve(again.push(headers["svix-id"] ?? "") && 200),
    });
    clock.advance(5_000);
    restarted.deliverDue();
    await settled();

    expect(again).toEqual([posted[0]?.headers["svix-id"]]);
  });
});

describe("the inbox", () => {
  test("finds mail by a recipient, whatever the case", () => {
    post(HELLO);
    post({ ...HELLO, to: "Bob <Bob@Example.com>", cc: "carol@example.com" });

    expect(parts.backend.inbox("bob@example").map(({ to }) => to)).toEqual([["Bob <Bob@Example.com>"]]);
    expect(parts.backend.inbox("carol")).toHaveLength(1);
    expect(parts.backend.inbox()).toHaveLength(2);
  });

  test("shows HTML in a frame that runs nothing, beside the text part, and nothing of a mail as its own", () => {
    post({
      ...HELLO,
      subject: "<script>1</script>",
      html: '"><script>2</script>',
      text: "<script>3</script>",
    });

    const page = inboxPage(parts.backend.inbox(), '"><script>4</script>');

    expect(page).not.toContain("<script>");
    expect(page).toContain('<iframe sandbox srcdoc="&quot;&gt;&lt;script&gt;2&lt;/script&gt;"');
    expect(page).toContain("<pre>&lt;script&gt;3&lt;/script&gt;</pre>");
  });
});
