import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "./support/database.ts";
import { newVisitor, tokenIn } from "./support/visitor.ts";
import { type Overrides, startWorker, VERSION, type WorkerUnderTest } from "./support/worker.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

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
  return startWorker({ build: inject("build"), env: "staging", databaseUrl: database.url, overrides });
}

interface TokenParts {
  readonly header: { readonly alg: string; readonly kid: string };
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

function partsOf(token: string): TokenParts {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return {
    header: json(header),
    payload: json(payload),
    signed: Uint8Array.from(Buffer.from(`${header}.${payload}`)),
    signature: Uint8Array.from(Buffer.from(signature, "base64url")),
  };
}

/** The fields of an answer and the kinds of their values. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([name, field]) => [name, shapeOf(field)]);
}

async function keysOf(asked: WorkerUnderTest): Promise<(JsonWebKey & { kid: string })[]> {
  return (await (await asked.ask("/api/auth/jwks")).json()).keys;
}

test("who signs up is signed in by the mail's link, and is a row in Xata without a readable password", async () => {
  const visitor = newVisitor(worker);

  const answer = await visitor.fillSignUp();
  const before = await (await visitor.ask("/api/auth/get-session")).json();
  const mail = await visitor.mail();
  const confirmed = await visitor.call("account.confirmEmail", { token: tokenIn(mail) });
  const session = await (await visitor.ask("/api/auth/get-session")).json();
  const [row] = await database.query(
    `SELECT u.name, a."providerId", a.password FROM users u JOIN accounts a ON a."userId" = u.id WHERE u.email = '${visitor.email}'`,
  );

  expect(answer.status).toBe(200);
  expect(before).toBeNull();
  expect(mail).toMatchObject({ from: "FM5 <fm5@staging.fm5.example.com>", to: [visitor.email] });
  expect(mail.text).toContain(`${worker.origin}/verify#token=`);
  expect((await confirmed.json()).result.data).toEqual({ what: "new_account", signedIn: true });
  expect(session.user).toMatchObject({
    email: visitor.email,
    name: "A Visitor",
    emailVerified: true,
    role: "owner",
  });
  expect(row).toMatchObject({ name: "A Visitor", providerId: "credential" });
  expect(row?.["password"]).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/u);
});

test("a session lasts seven days", async () => {
  const visitor = newVisitor(worker);

  const cookie = (await visitor.signUp()).headers
    .getSetCookie()
    .find((line) => line.startsWith("fm5.session_token="));
  const { session } = await (await visitor.ask("/api/auth/get-session")).json();

  expect(cookie).toContain(`Max-Age=${(7 * DAY_MS) / 1000};`);
  expect(Date.parse(session.expiresAt) - Date.parse(session.createdAt)).toBeCloseTo(7 * DAY_MS, -4);
});

test("a session that is used is renewed after a day", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const mine = `"userId" = (SELECT id FROM users WHERE email = '${visitor.email}')`;
  await database.query(`UPDATE sessions SET "expiresAt" = now() + interval '5 days 23 hours' WHERE ${mine}`);

  const answer = await visitor.ask("/api/trpc/me");
  const [row] = await database.query(`SELECT "expiresAt" FROM sessions WHERE ${mine}`);

  expect(Number(row?.["expiresAt"]) - Date.now()).toBeGreaterThan(6.9 * DAY_MS);
  expect(answer.headers.getSetCookie().join()).toMatch(/fm5\.session_token=.*Max-Age=604800;/u);
});

test("the right password signs in, a wrong one and an unknown address get the same refusal", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const { email, password } = visitor;

  const right = await newVisitor(worker, email).signIn(password);
  const wrong = await newVisitor(worker).post("/api/auth/sign-in/email", { email, password: `${password}x` });
  const unknown = await newVisitor(worker).post("/api/auth/sign-in/email", { email: `x${email}`, password });

  expect(right.status).toBe(200);
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.text()).toBe(await unknown.text());
});

test("a sign-up with an address that has an account is answered as any other, and its owner is told", async () => {
  const owner = newVisitor(worker);
  await owner.signUp();
  const other = newVisitor(worker, owner.email);
  const fresh = newVisitor(worker);

  const taken = await other.fillSignUp();
  const free = await fresh.fillSignUp();
  const [told, usual] = [await taken.json(), await free.json()];

  expect([taken.status, free.status]).toEqual([200, 200]);
  expect(shapeOf(told)).toEqual(shapeOf(usual));
  expect([...other.cookies.keys()]).toEqual([...fresh.cookies.keys()]);
  expect((await owner.mail(2)).subject).toBe("You already have an account");
  expect((await other.signIn()).status).toBe(401);
  expect((await owner.signIn()).status).toBe(200);
});

test("a link confirms only what its own sign-up asked for: who signed up with another's address gains nothing", async () => {
  const thief = newVisitor(worker);
  await thief.fillSignUp();
  const thiefsLink = tokenIn(await thief.mail());
  const owner = newVisitor(worker, thief.email);
  await owner.fillSignUp();

  const stale = await owner.call("account.confirmEmail", { token: thiefsLink });
  const good = await owner.call("account.confirmEmail", { token: tokenIn(await owner.mail(2)) });

  expect(stale.status).toBe(400);
  expect((await stale.json()).error.message).toBe("This link isn’t good any more.");
  expect((await good.json()).result.data).toMatchObject({ signedIn: true });
  expect((await thief.signIn()).status).toBe(401);
});

test("a link that is opened in another browser confirms, and leads to the password", async () => {
  const visitor = newVisitor(worker);
  await visitor.fillSignUp();
  const elsewhere = newVisitor(worker, visitor.email);

  const answer = await elsewhere.call("account.confirmEmail", { token: tokenIn(await visitor.mail()) });

  expect((await answer.json()).result.data).toEqual({ what: "new_account", signedIn: false });
  expect(await (await elsewhere.ask("/api/auth/get-session")).json()).toBeNull();
  expect((await elsewhere.signIn(visitor.password)).status).toBe(200);
});

test("who signs in before the address is confirmed gets the mail again", async () => {
  const visitor = newVisitor(worker);
  await visitor.fillSignUp();

  const answer = await visitor.signIn();

  expect(answer.status).toBe(403);
  expect((await answer.json()).code).toBe("EMAIL_NOT_VERIFIED");
  const confirmed = await visitor.call("account.confirmEmail", { token: tokenIn(await visitor.mail(2)) });
  expect(confirmed.status).toBe(200);
});

test.each([
  ["role", { role: "admin" }],
  ["currency", { currency: "USD" }],
  ["emailVerified", { emailVerified: true }],
])("nobody chooses their own %s by signing up", async (_what, extra) => {
  const visitor = newVisitor(worker);
  const { email, password } = visitor;

  await visitor.post("/api/auth/sign-up/email", { name: "N", email, password, ...extra });
  const rows = await database.query(
    `SELECT role, currency, "emailVerified" FROM users WHERE email = '${email}'`,
  );

  for (const row of rows) expect(row).toEqual({ role: "owner", currency: "EUR", emailVerified: false });
});

test.each([
  "/update-user",
  "/change-email",
  "/change-password",
  "/delete-user",
  "/verify-email",
  "/list-sessions",
])("Better Auth's own %s leads nowhere", async (path) => {
  const visitor = newVisitor(worker);

  expect((await visitor.post(`/api/auth${path}`, {})).status).toBe(404);
});

test("no mail goes to an address that is nobody's, nor for a delivery's synthetic requests", async () => {
  const synthetic = newVisitor(worker, `probe-${randomUUID()}@example.com`);
  const probed = newVisitor(worker);
  const known = newVisitor(worker);
  const { email, password } = probed;

  await synthetic.fillSignUp();
  await probed.ask("/api/auth/sign-up/email", {
    method: "POST",
    headers: { "content-type": "application/json", "x-delivery-probe": "sign-up" },
    body: JSON.stringify({ name: "Probe", email, password }),
  });
  await known.signUp();

  const addressed = worker.mails.flatMap(({ to }) => to);
  expect(addressed).toContain(known.email);
  expect(addressed).not.toContain(synthetic.email);
  expect(addressed).not.toContain(probed.email);
});

test.each([
  ["a short password", { password: "short" }],
  ["an address that is none", { email: "not an address" }],
  ["no name", { name: undefined }],
])("%s is refused with a reason", async (_what, wrong) => {
  const visitor = newVisitor(worker);
  const account = { name: "A Visitor", email: visitor.email, password: visitor.password, ...wrong };

  const answer = await visitor.post("/api/auth/sign-up/email", account);

  expect(answer.status).toBe(400);
  expect((await answer.json()).message).toEqual(expect.any(String));
});

test("after signing out the cookie is worth nothing", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const kept = new Map(visitor.cookies);

  await visitor.post("/api/auth/sign-out", {});
  const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await worker.ask("/api/auth/get-session", { headers: { cookie } });

  expect(visitor.cookies.size).toBe(0);
  expect(await answer.json()).toBeNull();
});

test("cookies are Secure where https was used, whatever NODE_ENV says, and plain on a plain edge", async () => {
  const sent = async (origin: string, nodeEnv: string) => {
    const other = await start({ NODE_ENV: nodeEnv });
    try {
      const answer = await other.askAt(`${origin}/api/auth/sign-up/email`, {
        method: "POST",
        headers: { "content-type": "application/json", origin },
        body: JSON.stringify({ name: "N", email: newVisitor(other).email, password: "ten letters" }),
      });
      return answer.headers.getSetCookie().find((line) => line.includes("sign_up")) ?? "";
    } finally {
      await other.stop();
    }
  };

  const [secure, plain] = await Promise.all([
    sent("https://staging.fm5.example.com", "development"),
    sent("http://fm5-staging.localhost:8787", "production"),
  ]);

  expect(secure).toMatch(/^__Secure-fm5\.sign_up=.*; Secure; /u);
  expect(plain).toMatch(/^fm5\.sign_up=/u);
  expect(plain).not.toContain("Secure");
  for (const cookie of [secure, plain]) expect(cookie).toMatch(/HttpOnly;.* SameSite=Lax/u);
});

test("another site's form signs nobody in or out", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  const answer = await visitor.ask("/api/auth/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json", origin: "https://evil.example" },
    body: "{}",
  });

  expect(answer.status).toBe(403);
  expect((await (await visitor.ask("/api/auth/get-session")).json()).user.email).toBe(visitor.email);
});

test("guessing passwords is slowed down for an address, and for nobody else", async () => {
  const guesser = newVisitor(worker);
  const guess = () => guesser.post("/api/auth/sign-in/email", { email: guesser.email, password: "guess" });

  const statuses = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await guess()).status);
  const neighbour = newVisitor(worker);

  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(
    (await neighbour.post("/api/auth/sign-in/email", { email: guesser.email, password: "x" })).status,
  ).toBe(401);
});

test("a JWT is from fm5-app for fm5-web, lasts a quarter of an hour and is proven by the published key", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  const { token } = await (await visitor.ask("/api/auth/token")).json();
  const { header, payload, signed, signature } = partsOf(token);
  const key = (await keysOf(worker)).find(({ kid }) => kid === header.kid);

  expect(payload).toMatchObject({ iss: "fm5-app", aud: ["fm5-web"], email: visitor.email });
  expect(Number(payload["exp"]) - Number(payload["iat"])).toBe(15 * 60);
  const published = await crypto.subtle.importKey("jwk", key ?? {}, { name: "Ed25519" }, false, ["verify"]);
  expect(await crypto.subtle.verify("Ed25519", published, signature, signed)).toBe(true);
  expect(key).not.toHaveProperty("d");
});

test("the private half of a key isn't readable in the database", async () => {
  await keysOf(worker);

  const rows = await database.query(`SELECT "privateKey" FROM jwks`);

  expect(rows.length).toBeGreaterThan(0);
  for (const { privateKey } of rows)
    expect(Buffer.from(String(privateKey), "base64").includes('"d"')).toBe(false);
});

test("a new JWT_SECRET makes a new key and leaves people signed in", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const before = (await keysOf(worker)).map(({ kid }) => kid);

  const renewed = await start({ JWT_SECRET: "a-renewed-secret-of-more-than-32-characters" });
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const session = await (await renewed.ask("/api/auth/get-session", { headers: { cookie } })).json();
  const { token } = await (await renewed.ask("/api/auth/token", { headers: { cookie } })).json();
  const after = (await keysOf(renewed)).map(({ kid }) => kid);
  await renewed.stop();

  expect(session.user.email).toBe(visitor.email);
  expect(after).toEqual([partsOf(token).header.kid]);
  expect(before).not.toContain(after[0]);
});

test("tRPC answers anyone which release it is", async () => {
  const answer = await worker.ask("/api/trpc/release");

  expect((await answer.json()).result.data).toEqual({
    release: VERSION.tag,
    version: VERSION.id,
    environment: "staging",
  });
});

test("tRPC tells who is signed in to nobody else", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  const mine = await visitor.ask("/api/trpc/me");
  const stranger = await worker.ask("/api/trpc/me");

  expect((await mine.json()).result.data).toMatchObject({ email: visitor.email, name: "A Visitor" });
  expect(stranger.status).toBe(401);
  expect((await stranger.json()).error.data).toMatchObject({ code: "UNAUTHORIZED", httpStatus: 401 });
});

test.each([
  ["/api/trpc/nothing", 404],
  ["/api/trpc/release?input=%7B", 200],
  ["/api/auth/nothing", 404],
])("%s answers %i", async (path, status) => {
  expect((await worker.ask(path)).status).toBe(status);
});

test("several requests at once each have their own database client", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  const answers = await Promise.all(Array.from({ length: 25 }, () => visitor.ask("/api/trpc/me")));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200));
});

test("requests that their visitor gives up leave nothing behind that harms the next", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();

  await Promise.allSettled(
    Array.from({ length: 12 }, (_, count) =>
      visitor.ask("/api/trpc/me", { signal: AbortSignal.timeout(2 + count) }),
    ),
  );
  const answers = await Promise.all(Array.from({ length: 12 }, () => visitor.ask("/api/trpc/me")));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
});

test("a new BETTER_AUTH_SECRET signs everybody out and breaks nothing", async () => {
  const visitor = newVisitor(worker);
  await visitor.signUp();
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  const renewed = await start({ BETTER_AUTH_SECRET: "a-renewed-secret-of-more-than-32-characters" });
  const session = await renewed.ask("/api/auth/get-session", { headers: { cookie } });
  const again = newVisitor(renewed);
  const signIn = await again.post("/api/auth/sign-in/email", {
    email: visitor.email,
    password: visitor.password,
  });
  const token = await again.ask("/api/auth/token");
  await renewed.stop();

  expect(session.status).toBe(200);
  expect(await session.json()).toBeNull();
  expect([signIn.status, token.status]).toEqual([200, 200]);
});
