import { expect, test } from "vitest";
import { newVisitor } from "../support/visitor.ts";
import { VERSION } from "../support/worker.ts";
import type { AccountsStage } from "./stage.ts";

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

  test("several requests at once are all answered, by one database client", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    const answers = await Promise.all(Array.from({ length: 25 }, () => visitor.ask("/api/trpc/me")));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200));
  });

  test("requests that their visitor gives up leave nothing behind that harms the next", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    await Promise.allSettled(
      Array.from({ length: 12 }, (_, count) =>
        visitor.ask("/api/trpc/me", { signal: AbortSignal.timeout(2 + count) }),
      ),
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => visitor.ask("/api/trpc/me")));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
  });
}
