import { expect, test } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { ROOT, run } from "../support/build.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import { newVisitor } from "../support/visitor.ts";
import type { AccountsStage } from "./stage.ts";

interface Users {
  readonly items: readonly { readonly id: string; readonly email: string; readonly role: string }[];
  readonly nextCursor: string | null;
}

interface System {
  readonly failedMails: readonly object[];
  readonly stuckFiles: readonly object[];
}

/** Who is an admin, and what an admin can do. */
export function describeAdmin(stage: AccountsStage): void {
  const makeAdmin = (email: string) =>
    run({
      program: "node",
      args: ["scripts/admin.ts", email],
      cwd: ROOT,
      env: { DIRECT_DATABASE_URL: stage.database.directUrl },
    });
  const users = async (admin: Owner, search: string) =>
    (await admin.read("admin.users", { search })).data as Users;

  test("npm run admin makes the first one; an owner is refused everything of an admin's", async () => {
    const [admin, owner] = await Promise.all([newOwner(stage.worker), newOwner(stage.worker)]);
    const unconfirmed = newVisitor(stage.worker);
    await unconfirmed.fillSignUp();

    const made = await makeAdmin(admin.email);
    const again = await makeAdmin(admin.email.toUpperCase());
    const unknown = makeAdmin("nobody@example.com");
    await expect(unknown).rejects.toThrow("Nobody has signed up as nobody@example.com");
    await expect(makeAdmin(unconfirmed.email)).rejects.toThrow("isn’t confirmed");

    expect(made).toContain("is an admin now");
    expect(again).toContain("was an admin already");
    const procedures = ["admin.users", "admin.system", "admin.health", "admin.events"];
    const answers = await Promise.all(
      procedures.flatMap((procedure) => [owner.read(procedure, {}), admin.read(procedure, {})]),
    );
    expect(answers.map(({ status }) => status)).toEqual(procedures.flatMap(() => [403, 200]));
    expect((await owner.change("admin.setRole", { userId: "x", role: "admin" })).status).toBe(403);
  });

  test("has pages that aren’t there for anybody else", async () => {
    const [admin, owner] = await Promise.all([newOwner(stage.worker), newOwner(stage.worker)]);
    await makeAdmin(admin.email);
    const headers = { accept: "text/html" };
    const paths = ["/admin", `/admin/users?q=${encodeURIComponent(owner.email)}`, "/admin/events"];
    const ask = (visitor: Pick<Owner, "ask">, path: string) =>
      visitor.ask(path, { headers, redirect: "manual" });

    const seen = await Promise.all(paths.map((path) => ask(admin, path)));
    const hidden = await Promise.all(paths.map((path) => ask(owner, path)));
    const asked = await ask(stage.worker, "/admin");

    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await seen[1]?.text()).toContain(owner.email);
    expect(hidden.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect([asked.status, asked.headers.get("location")]).toEqual([307, "/sign-in?next=%2Fadmin"]);
  });

  test("finds people by part of name or address, page by page, and gives roles, but never the last one away", async () => {
    const [admin, owner] = await Promise.all([newOwner(stage.worker), newOwner(stage.worker)]);
    await makeAdmin(admin.email);
    await stage.database.query(`UPDATE users SET role = 'owner' WHERE email <> '${admin.email}'`);
    const [found] = (await users(admin, owner.email.slice(10, 30).toUpperCase())).items;
    const { items: wildcard } = await users(admin, "%");
    const [self] = (await users(admin, admin.email)).items;
    const setRole = (who: Owner, userId: string | undefined, role: string) =>
      who.change("admin.setRole", { userId, role });

    const last = await setRole(admin, self?.id, "owner");
    const promoted = await setRole(admin, found?.id, "admin");
    const both = await Promise.all([setRole(admin, self?.id, "owner"), setRole(owner, found?.id, "owner")]);
    const admins = await stage.database.query(`SELECT 1 FROM users WHERE role = 'admin'`);
    const [promoter] = await stage.database.query(
      `SELECT p."userId" FROM audit_events p JOIN audit_events c USING ("requestId")
       WHERE p.type = 'role_decided' AND c.type = 'role_changed' AND c."userId" = '${found?.id}' ORDER BY p.at`,
    );

    expect(found?.email).toBe(owner.email);
    expect(wildcard).toEqual([]);
    expect([last.status, promoted.status]).toEqual([409, 200]);
    expect(last.error.message).toBe("This is the last admin.");
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(admins).toHaveLength(1);
    expect(promoter?.["userId"]).toBe(self?.id);
  });

  test("has a file that is stuck looked at again, and no other", async () => {
    const [admin, owner] = await Promise.all([newOwner(stage.worker), newOwner(stage.worker)]);
    await makeAdmin(admin.email);
    const { id } = await owner.send(prusaGcode());
    await owner.looked(id);
    const stuck = async () => ((await admin.read("admin.system")).data as System).stuckFiles;
    const fine = await admin.change("admin.retryFile", { id });
    await stage.database.query(
      `UPDATE files SET state = 'processing', "updatedAt" = now() - interval '1 hour' WHERE id = '${id}'`,
    );
    const before = await stuck();

    const retried = await admin.change("admin.retryFile", { id });
    // Its owner's own look at it would have it read too.
    await expect
      .poll(() => stage.database.query(`SELECT state FROM files WHERE id = '${id}'`))
      .toEqual([{ state: "ready" }]);

    expect(before).toEqual([expect.objectContaining({ id })]);
    expect([fine.status, retried.status]).toEqual([404, 200]);
    expect(await stuck()).toEqual([]);
  });

  test("sees mails that failed, files that are stuck and what happened, with no address of a mail", async () => {
    const admin = await newOwner(stage.worker);
    await makeAdmin(admin.email);
    await stage.database.query(
      `INSERT INTO email_deliveries (id, template, "idempotencyKey", state, "lastError", "updatedAt")
       VALUES ('failed-mail', 'reset-password', 'failed-mail', 'failed', 'validation_error', now())`,
    );

    const system = (await admin.read("admin.system")).data as System;
    const events = (await admin.read("admin.events", {})).data as { items: readonly object[] };
    const { id: userId } = (await admin.read("me")).data as { id: string };
    const own = (await admin.read("admin.events", { userId })).data as { items: readonly object[] };
    const health = (await admin.read("admin.health")).data;

    expect(system.failedMails).toContainEqual(
      expect.objectContaining({ template: "reset-password", error: "validation_error" }),
    );
    expect(events.items).toContainEqual(
      expect.objectContaining({ type: "role_changed", email: admin.email }),
    );
    expect(own.items).not.toEqual([]);
    expect(own.items.every((event) => "userId" in event && event.userId === userId)).toBe(true);
    expect(health).toMatchObject({ status: "healthy", services: { database: "ok" } });
  });

  test("nothing that anybody gave is in the log", () => {
    const log = JSON.stringify(stage.worker.log);

    expect(log).not.toMatch(/resend\.dev|A Visitor|pass-|part\.gcode|Bracket|#token|session_token/u);
  });
}
