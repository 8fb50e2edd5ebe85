import { expect, test } from "vitest";
import { newVisitor } from "../support/visitor.ts";
import type { WorkerUnderTest } from "../support/worker.ts";
import type { AccountsStage } from "./stage.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a session lasts, and whose it is. */
export function describeSessions(stage: AccountsStage): void {
  test("a session lasts seven days", async () => {
    const visitor = newVisitor(stage.worker);

    const cookie = (await visitor.signUp()).headers
      .getSetCookie()
      .find((line) => line.startsWith("fm5.session_token="));
    const { session } = await (await visitor.ask("/api/auth/get-session")).json();

    expect(cookie).toContain(`Max-Age=${(7 * DAY_MS) / 1000};`);
    expect(Date.parse(session.expiresAt) - Date.parse(session.createdAt)).toBeCloseTo(7 * DAY_MS, -4);
  });

  test("a session that is used is renewed after a day", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const mine = `"userId" = (SELECT id FROM users WHERE email = '${visitor.email}')`;
    await stage.database.query(
      `UPDATE sessions SET "expiresAt" = now() + interval '5 days 23 hours' WHERE ${mine}`,
    );

    const answer = await visitor.ask("/api/trpc/me");
    const [row] = await stage.database.query(`SELECT "expiresAt" FROM sessions WHERE ${mine}`);

    expect(Number(row?.["expiresAt"]) - Date.now()).toBeGreaterThan(6.9 * DAY_MS);
    expect(answer.headers.getSetCookie().join()).toMatch(/fm5\.session_token=.*Max-Age=604800;/u);
  });

  test("after signing out the cookie is worth nothing", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const kept = new Map(visitor.cookies);

    await visitor.post("/api/auth/sign-out", {});
    const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await stage.worker.ask("/api/auth/get-session", { headers: { cookie } });

    expect(visitor.cookies.size).toBe(0);
    expect(await answer.json()).toBeNull();
  });

  test("cookies are Secure where https was used, whatever NODE_ENV says, and plain on a plain edge", async () => {
    const sent = async (origin: string, other: WorkerUnderTest) => {
      const answer = await other.askAt(`${origin}/api/auth/sign-up/email`, {
        method: "POST",
        headers: { "content-type": "application/json", origin },
        body: JSON.stringify({ name: "N", email: newVisitor(other).email, password: "ten letters" }),
      });
      return answer.headers.getSetCookie().find((line) => line.includes("sign_up")) ?? "";
    };

    const secure = await sent("https://staging.fm5.example.com", await stage.withNewJwtSecret());
    const plain = await sent("http://fm5-staging.localhost:8787", await stage.withNewAuthSecret());

    expect(secure).toMatch(/^__Secure-fm5\.sign_up=.*; Secure; /u);
    expect(plain).toMatch(/^fm5\.sign_up=/u);
    expect(plain).not.toContain("Secure");
    for (const cookie of [secure, plain]) expect(cookie).toMatch(/HttpOnly;.* SameSite=Lax/u);
  });

  test("another site's form signs nobody in or out", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    const answer = await visitor.ask("/api/auth/sign-out", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
      body: "{}",
    });

    expect(answer.status).toBe(403);
    expect((await (await visitor.ask("/api/auth/get-session")).json()).user.email).toBe(visitor.email);
  });
}
