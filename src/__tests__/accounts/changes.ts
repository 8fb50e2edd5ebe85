import { expect, test } from "vitest";
import { newOwner } from "../support/owner.ts";
import { newVisitor, tokenIn } from "../support/visitor.ts";
import type { AccountsStage } from "./stage.ts";

interface Overview {
  readonly sessions: readonly { readonly id: string; readonly current: boolean }[];
  readonly activity: readonly { readonly type: string }[];
  readonly mails: readonly { readonly template: string; readonly state: string }[];
}

/** What a person changes on an account, and who is told. */
export function describeChanges(stage: AccountsStage): void {
  const events = async (email: string) => {
    const rows = await stage.database.query(
      `SELECT e.type FROM audit_events e JOIN users u ON u.id = e."userId" WHERE u.email = '${email}' ORDER BY e.at`,
    );
    return rows.map(({ type }) => type);
  };

  test("a new password ends all other sessions, goes on in this one and is told by mail", async () => {
    const owner = await newOwner(stage.worker);
    const elsewhere = newVisitor(stage.worker, owner.email);
    await elsewhere.signIn(owner.password);

    const wrong = await owner.change("account.changePassword", {
      currentPassword: "not this one",
      newPassword: "a new password",
    });
    const right = await owner.change("account.changePassword", {
      currentPassword: owner.password,
      newPassword: "a new password",
    });

    expect(wrong).toMatchObject({
      status: 400,
      error: { data: { fields: { currentPassword: "This is not your password." } } },
    });
    expect(right.status).toBe(200);
    expect((await owner.read("me")).status).toBe(200);
    expect((await elsewhere.ask("/api/trpc/me")).status).toBe(401);
    expect((await elsewhere.signIn("a new password")).status).toBe(200);
    expect((await owner.mail(2)).subject).toBe("Your password was changed");
    await expect.poll(() => events(owner.email)).toContain("password_changed");
  });

  test("a forgotten password is chosen anew by a link that works once, and everybody is signed out", async () => {
    const owner = await newOwner(stage.worker);
    const forgetful = newVisitor(stage.worker, owner.email);
    await forgetful.post("/api/auth/request-password-reset", { email: owner.email });
    const mail = await owner.mail(2);
    const reset = { token: tokenIn(mail), newPassword: "a chosen password" };

    const answer = await forgetful.post("/api/auth/reset-password", reset);
    const again = await forgetful.post("/api/auth/reset-password", reset);

    expect(mail.text).toContain("/reset#token=");
    expect([answer.status, again.status]).toEqual([200, 400]);
    expect((await owner.read("me")).status).toBe(401);
    expect((await forgetful.signIn("a chosen password")).status).toBe(200);
    expect((await owner.mail(3)).subject).toBe("Your password was changed");
  });

  test("who asks for a new password for an address without an account gets the same answer and no mail", async () => {
    const stranger = newVisitor(stage.worker);
    const owner = await newOwner(stage.worker);

    const unknown = await stranger.post("/api/auth/request-password-reset", { email: stranger.email });
    const known = await stranger.post("/api/auth/request-password-reset", { email: owner.email });
    await owner.mail(2);

    expect([unknown.status, await unknown.text()]).toEqual([known.status, await known.text()]);
    expect(stage.worker.mails.flatMap(({ to }) => to)).not.toContain(stranger.email);
  });

  test("an address changes when the new one has confirmed it, and the old one is told", async () => {
    const owner = await newOwner(stage.worker);
    const renamed = newVisitor(stage.worker);
    const ask = (password: string) =>
      owner.change("account.changeEmail", { newEmail: renamed.email, password });

    const wrong = await ask("not this one");
    const asked = await ask(owner.password);
    const before = await owner.read("me");
    const link = tokenIn(await renamed.mail());
    const confirmed = await renamed.call("account.confirmEmail", { token: link });

    expect(wrong.error.data["fields"]).toEqual({ password: "This is not your password." });
    expect([asked.status, confirmed.status]).toEqual([200, 200]);
    expect((await confirmed.json()).result.data).toEqual({ what: "new_address", signedIn: false });
    expect(before.data).toMatchObject({ email: owner.email });
    expect((await owner.read("me")).data).toMatchObject({ email: renamed.email, emailVerified: true });
    expect((await owner.mail(2)).subject).toBe("Your e-mail address was changed");
    expect((await renamed.signIn(owner.password)).status).toBe(200);
    await expect.poll(() => events(renamed.email)).toContain("email_changed");
  });

  test("an address that another account has is neither given away nor told of", async () => {
    const owner = await newOwner(stage.worker);
    const other = await newOwner(stage.worker);

    const answer = await owner.change("account.changeEmail", {
      newEmail: other.email,
      password: owner.password,
    });

    expect(answer.status).toBe(200);
    expect((await owner.read("me")).data).toMatchObject({ email: owner.email });
  });

  test("sessions are listed, ended one by one or all but this one, and nobody ends another's", async () => {
    const owner = await newOwner(stage.worker);
    const [one, two] = [newVisitor(stage.worker, owner.email), newVisitor(stage.worker, owner.email)];
    await Promise.all([one.signIn(owner.password), two.signIn(owner.password)]);
    const stranger = await newOwner(stage.worker);
    const sessions = async () => (await owner.read("account.overview")).data as Overview;
    const listed = (await sessions()).sessions;
    const other = listed.find(({ current }) => !current)?.id ?? "";

    const strange = await stranger.change("account.revokeSession", { id: other });
    const ended = await owner.change("account.revokeSession", { id: other });
    const rest = await owner.change("account.revokeOtherSessions", undefined);

    expect(listed.map(({ current }) => current)).toEqual([true, false, false]);
    expect(JSON.stringify(listed)).not.toMatch(/token/u);
    expect([strange.status, ended.status]).toEqual([404, 200]);
    expect(rest.data).toEqual({ ended: 1 });
    expect((await sessions()).sessions).toHaveLength(1);
    expect((await owner.read("me")).status).toBe(200);
    expect((await one.ask("/api/trpc/me")).status).toBe(401);
  });

  test("what happened to an account is told to its owner", async () => {
    const owner = await newOwner(stage.worker);
    await newVisitor(stage.worker, owner.email).signIn("a wrong password");
    await owner.change("account.changeProfile", { name: "Ada", currency: "CHF" });

    const types = async () => {
      const { activity } = (await owner.read("account.overview")).data as Overview;
      return activity.map(({ type }) => type).toSorted();
    };

    await expect.poll(types).toEqual(["profile_changed", "sign_in", "sign_in_failed", "sign_up", "verified"]);
    expect((await owner.read("me")).data).toMatchObject({ name: "Ada", currency: "CHF", role: "owner" });
  });

  test.each([
    [{ name: "", currency: "EUR" }, "name"],
    [{ name: "Ada", currency: "XXL" }, "currency"],
  ])("a profile of %o is refused by its field", async (profile, field) => {
    const owner = await newOwner(stage.worker);

    const answer = await owner.change("account.changeProfile", profile);

    expect(answer.status).toBe(400);
    expect(answer.error.data["fields"]).toHaveProperty(field);
  });

  test("who tries passwords is told to wait, and when to come again", async () => {
    const owner = await newOwner(stage.worker);
    const attempt = () =>
      owner.post("/api/trpc/account.delete", { password: "not the password of this account" });

    const statuses = [];
    for (let count = 0; count < 11; count += 1) statuses.push((await attempt()).status);
    const refused = await attempt();

    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(500);
  });

  test("another site can't make a browser change anything", async () => {
    const owner = await newOwner(stage.worker);
    const headers = { "content-type": "application/json", origin: "https://evil.example" };
    const body = JSON.stringify({ name: "Mallory", currency: "EUR" });

    const answer = await owner.ask("/api/trpc/account.changeProfile", { method: "POST", headers, body });

    expect(answer.status).toBe(403);
    expect((await owner.read("me")).data).toMatchObject({ name: "A Visitor" });
  });
}
