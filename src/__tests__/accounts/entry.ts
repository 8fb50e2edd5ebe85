import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { newVisitor, tokenIn } from "../support/visitor.ts";
import type { AccountsStage } from "./stage.ts";

/** Signing up, confirming and signing in. */
export function describeEntry(stage: AccountsStage): void {
  test("who signs up is signed in by the mail's link, and is a row in Xata without a readable password", async () => {
    const visitor = newVisitor(stage.worker);

    const answer = await visitor.fillSignUp();
    const before = await (await visitor.ask("/api/auth/get-session")).json();
    const mail = await visitor.mail();
    const confirmed = await visitor.call("account.confirmEmail", { token: tokenIn(mail) });
    const session = await (await visitor.ask("/api/auth/get-session")).json();
    const [row] = await stage.database.query(
      `SELECT u.name, a."providerId", a.password FROM users u JOIN accounts a ON a."userId" = u.id WHERE u.email = '${visitor.email}'`,
    );

    expect(answer.status).toBe(200);
    expect(before).toBeNull();
    expect(mail).toMatchObject({ from: "FM5 <fm5@staging.fm5.example.com>", to: [visitor.email] });
    expect(mail.text).toContain(`${stage.worker.origin}/verify#token=`);
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

  test("a sign-up with an address that has an account is answered as any other, and its owner is told", async () => {
    const owner = newVisitor(stage.worker);
    await owner.signUp();
    const other = newVisitor(stage.worker, owner.email);
    const fresh = newVisitor(stage.worker);

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
    const thief = newVisitor(stage.worker);
    await thief.fillSignUp();
    const thiefsLink = tokenIn(await thief.mail());
    const owner = newVisitor(stage.worker, thief.email);
    await owner.fillSignUp();

    const stale = await owner.call("account.confirmEmail", { token: thiefsLink });
    const good = await owner.call("account.confirmEmail", { token: tokenIn(await owner.mail(2)) });

    expect(stale.status).toBe(400);
    expect((await stale.json()).error.message).toBe("This link isn’t good any more.");
    expect((await good.json()).result.data).toMatchObject({ signedIn: true });
    expect((await thief.signIn()).status).toBe(401);
  });

  test("a link that is opened in another browser confirms, and leads to the password", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.fillSignUp();
    const elsewhere = newVisitor(stage.worker, visitor.email);

    const answer = await elsewhere.call("account.confirmEmail", { token: tokenIn(await visitor.mail()) });

    expect((await answer.json()).result.data).toEqual({ what: "new_account", signedIn: false });
    expect(await (await elsewhere.ask("/api/auth/get-session")).json()).toBeNull();
    expect((await elsewhere.signIn(visitor.password)).status).toBe(200);
  });

  test("who signs in before the address is confirmed gets the mail again", async () => {
    const visitor = newVisitor(stage.worker);
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
    const visitor = newVisitor(stage.worker);
    const { email, password } = visitor;

    await visitor.post("/api/auth/sign-up/email", { name: "N", email, password, ...extra });
    const rows = await stage.database.query(
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
    const visitor = newVisitor(stage.worker);

    expect((await visitor.post(`/api/auth${path}`, {})).status).toBe(404);
  });

  test("no mail goes to an address that is nobody's, nor for a delivery's synthetic requests", async () => {
    const synthetic = newVisitor(stage.worker, `probe-${randomUUID()}@example.com`);
    const probed = newVisitor(stage.worker);
    const known = newVisitor(stage.worker);
    const { email, password } = probed;

    await synthetic.fillSignUp();
    await probed.ask("/api/auth/sign-up/email", {
      method: "POST",
      headers: { "content-type": "application/json", "x-delivery-probe": "sign-up" },
      body: JSON.stringify({ name: "Probe", email, password }),
    });
    await known.signUp();

    const addressed = stage.worker.mails.flatMap(({ to }) => to);
    expect(addressed).toContain(known.email);
    expect(addressed).not.toContain(synthetic.email);
    expect(addressed).not.toContain(probed.email);
  });

  test("the right password signs in, a wrong one and an unknown address get the same refusal", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const { email, password } = visitor;

    const right = await newVisitor(stage.worker, email).signIn(password);
    const wrong = await newVisitor(stage.worker).post("/api/auth/sign-in/email", {
      email,
      password: `${password}x`,
    });
    const unknown = await newVisitor(stage.worker).post("/api/auth/sign-in/email", {
      email: `x${email}`,
      password,
    });

    expect(right.status).toBe(200);
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
  });

  test.each([
    ["a short password", { password: "short" }],
    ["an address that is none", { email: "not an address" }],
    ["no name", { name: undefined }],
  ])("%s is refused with a reason", async (_what, wrong) => {
    const visitor = newVisitor(stage.worker);
    const account = { name: "A Visitor", email: visitor.email, password: visitor.password, ...wrong };

    const answer = await visitor.post("/api/auth/sign-up/email", account);

    expect(answer.status).toBe(400);
    expect((await answer.json()).message).toEqual(expect.any(String));
  });

  test("guessing passwords is slowed down for an address, and for nobody else", async () => {
    const guesser = newVisitor(stage.worker);
    const guess = () => guesser.post("/api/auth/sign-in/email", { email: guesser.email, password: "guess" });

    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await guess()).status);
    const neighbour = newVisitor(stage.worker);

    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(
      (await neighbour.post("/api/auth/sign-in/email", { email: guesser.email, password: "x" })).status,
    ).toBe(401);
  });
}

/** The fields of an answer and the kinds of their values. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([name, field]) => [name, shapeOf(field)]);
}
