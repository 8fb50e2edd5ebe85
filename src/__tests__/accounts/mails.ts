import { Response as RuntimeResponse } from "miniflare";
import { expect, test } from "vitest";
import { newVisitor } from "../support/visitor.ts";
import type { AccountsStage } from "./stage.ts";

/** How mails are sent, and what is written down of them. */
export function describeMails(stage: AccountsStage): void {
  const deliveries = () =>
    stage.database.query(`SELECT * FROM email_deliveries ORDER BY "createdAt" DESC LIMIT 1`);

  test("a mail that Resend refuses at first is sent again under the same key, and recorded without its address", async () => {
    const answers = [503, 200];
    const { worker, answerMails } = await stage.disturbed();
    answerMails(() => {
      const status = answers.shift();
      return status === 503 ? RuntimeResponse.json({ name: "application_error" }, { status }) : undefined;
    });
    const visitor = newVisitor(worker);
    await visitor.fillSignUp();
    const second = await visitor.mail(2);
    const first = await visitor.mail(1);

    await expect.poll(deliveries).toEqual([expect.objectContaining({ state: "sent", attempts: 2 })]);
    const [record] = await deliveries();

    expect(second.idempotencyKey).toBe(first.idempotencyKey);
    expect(record).toMatchObject({ template: "confirm-address", idempotencyKey: first.idempotencyKey });
    expect(JSON.stringify(record)).not.toContain("resend.dev");
  });

  test("a mail that Resend won't send fails at once, in the record and in the log, without words of Resend's", async () => {
    const { worker, answerMails } = await stage.disturbed();
    answerMails(() =>
      RuntimeResponse.json({ name: "validation_error", message: "a@b.example is …" }, { status: 422 }),
    );
    const visitor = newVisitor(worker);

    const answer = await visitor.fillSignUp();
    await expect.poll(() => worker.log).toHaveLength(1);
    const [record] = await deliveries();

    answerMails(undefined);

    expect(answer.status).toBe(200);
    expect(record).toMatchObject({ state: "failed", attempts: 1, lastError: "validation_error" });
    expect(worker.log[0]).toMatchObject({
      message: "a mail could not be sent",
      error: { message: "confirm-address: validation_error" },
    });
    expect(JSON.stringify(worker.log)).not.toMatch(/resend\.dev|b\.example/u);
  });

  test("an address gets six mails an hour that anybody asked for, and whoever asks on is told nothing", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const ask = () => {
      const asker = newVisitor(stage.worker);
      return asker.post("/api/auth/request-password-reset", { email: visitor.email });
    };

    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    await visitor.mail(6);
    const other = newVisitor(stage.worker);
    await other.signUp();

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(stage.worker.mails.filter(({ to }) => to.includes(visitor.email))).toHaveLength(6);
  });
}
