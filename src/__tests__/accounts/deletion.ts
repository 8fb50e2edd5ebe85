import { expect, test } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { newOwner } from "../support/owner.ts";
import { newVisitor } from "../support/visitor.ts";
import type { WorkerUnderTest } from "../support/worker.ts";
import type { AccountsStage } from "./stage.ts";

/** How an account goes, and that nothing stays. */
export function describeDeletion(stage: AccountsStage): void {
  const countOf = async (table: string, column: string, id: string) =>
    (await stage.database.query(`SELECT 1 FROM ${table} WHERE "${column}" = '${id}'`)).length;

  test("it takes the password, then all rows at once, and the files from the bucket", async () => {
    const owner = await newOwner(stage.worker);
    const neighbour = await newOwner(stage.worker);
    const { variantId } = await owner.newModel();
    const file = await owner.send(prusaGcode(), { attachTo: { to: "variant", variantId, notes: "" } });
    await owner.looked(file.id);
    const kept = await neighbour.send(prusaGcode());
    await neighbour.looked(kept.id);
    const { id } = (await owner.read("me")).data as { id: string };

    const wrong = await owner.change("account.delete", { password: "not the password" });
    const right = await owner.change("account.delete", { password: owner.password });

    expect([wrong.status, right.status]).toEqual([400, 200]);
    expect(owner.cookies.size).toBe(0);
    const tables = ["sessions", "accounts", "models", "variants", "revisions", "files"];
    const counts = await Promise.all(
      tables.map((table) =>
        countOf(table, ["sessions", "accounts"].includes(table) ? "userId" : "ownerId", id),
      ),
    );
    expect(counts).toEqual(tables.map(() => 0));
    expect(await countOf("users", "id", id)).toBe(0);
    expect((await owner.mail(2)).subject).toBe("Your account was deleted");
    expect((await newVisitor(stage.worker, owner.email).signIn(owner.password)).status).toBe(401);
    expect((await neighbour.ask(`/api/files/${kept.id}`)).status).toBe(200);
    const audit = await stage.database.query(`SELECT type FROM audit_events WHERE "userId" = '${id}'`);
    expect(audit.map(({ type }) => type)).toContain("deleted");
  });

  test("what the bucket won't delete is written down, tried again, and forgotten when it is gone", async () => {
    const { worker, bucket } = await stage.disturbed();
    const owner = await newOwner(worker);
    const { id } = (await owner.read("me")).data as { id: string };
    const leftovers = () => stage.database.query(`SELECT attempts FROM leftovers WHERE "ownerId" = '${id}'`);
    const passTime = (interval: string) =>
      stage.database.query(
        `UPDATE leftovers SET "updatedAt" = now() - interval '10 min', "createdAt" = "createdAt" - interval '${interval}'`,
      );
    bucket.objects.push(`users/${id}/one`, `users/${id}/two`);
    bucket.fail(true);

    const answer = await owner.change("account.delete", { password: owner.password });
    await expect.poll(() => told(worker)).toHaveLength(1);
    const neighbour = await newOwner(worker);
    bucket.fail(false);
    await passTime("0");
    await neighbour.signIn();
    await expect.poll(() => bucket.objects).toEqual([]);
    await expect.poll(leftovers).toEqual([{ attempts: 1 }]);
    bucket.objects.push(`users/${id}/late`);
    await passTime("2 hours");
    await neighbour.signIn();
    await expect.poll(leftovers).toEqual([]);

    expect(answer.status).toBe(200);
    expect(await countOf("users", "id", id)).toBe(0);
    expect(bucket.objects).toEqual([]);
    expect(told(worker)).toHaveLength(1);
  });
}

/** What a Worker's log tells of files that stay. */
function told({ log }: WorkerUnderTest): readonly unknown[] {
  return log.filter((line) =>
    JSON.stringify(line).includes("files of a deleted account are still in the bucket"),
  );
}
