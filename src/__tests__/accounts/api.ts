import { expect, test } from "vitest";
import { newVisitor } from "../support/visitor.ts";
import { VERSION } from "../support/worker.ts";
import type { AccountsStage } from "./stage.ts";

/** By SQL, by a list of reads that is one request, and by single reads of Prisma's. */
const READS = ["me", "account.overview", "models.list?input=%7B%7D"];

/** What the API makes of who asks. */
export function describeApi(stage: AccountsStage): void {
  test("tRPC answers anyone which release it is", async () => {
    const answer = await stage.worker.ask("/api/trpc/release");

    expect((await answer.json()).result.data).toEqual({
      release: VERSION.tag,
      version: VERSION.id,
      environment: "staging",
    });
  });

  test("tRPC tells who is signed in to nobody else", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    const mine = await visitor.ask("/api/trpc/me");
    const stranger = await stage.worker.ask("/api/trpc/me");

    expect((await mine.json()).result.data).toMatchObject({ email: visitor.email, name: "A Visitor" });
    expect(stranger.status).toBe(401);
    expect((await stranger.json()).error.data).toMatchObject({ code: "UNAUTHORIZED", httpStatus: 401 });
  });

  test.each([
    ["/api/trpc/nothing", 404],
    ["/api/trpc/release?input=%7B", 200],
    ["/api/auth/nothing", 404],
  ])("%s answers %i", async (path, status) => {
    expect((await stage.worker.ask(path)).status).toBe(status);
  });

  test("several requests at once, of several people, are each answered for who asked", async () => {
    const visitors = [newVisitor(stage.worker), newVisitor(stage.worker)];
    for (const visitor of visitors) await visitor.signUp();
    const asked = Array.from({ length: 12 }).flatMap(() =>
      visitors.flatMap((visitor) => READS.map((procedure) => ({ visitor, procedure }))),
    );

    const answers = await Promise.all(
      asked.map(async ({ visitor, procedure }) => (await visitor.ask(`/api/trpc/${procedure}`)).text()),
    );

    for (const [index, { visitor, procedure }] of asked.entries())
      expect(answers[index]).toContain(procedure === "me" ? visitor.email : '"result"');
  });

  test("requests that their visitor gives up leave nothing behind that harms the next", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    await Promise.allSettled(
      Array.from({ length: 24 }, (_, count) =>
        visitor.ask(`/api/trpc/${READS[count % READS.length]}`, { signal: AbortSignal.timeout(2 + count) }),
      ),
    );
    const answers = await Promise.all(READS.map((procedure) => visitor.ask(`/api/trpc/${procedure}`)));

    expect(answers.map(({ status }) => status)).toEqual(READS.map(() => 200));
  });
}
