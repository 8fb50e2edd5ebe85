import { describe, expect, test } from "vitest";
import { sessionParts, withLease } from "../context.ts";
import { appendLeaseless } from "../ledger-session.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, type FakeWorld } from "../testing/fake-world.ts";
import { rollBack } from "./rollback.ts";
import { rollOut } from "./rollout.ts";

const deliver = (world: FakeWorld, day: number, exceptions = {}) => {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(day), ledger, exceptions }),
  );
};

async function held(): Promise<FakeWorld> {
  const world = createFakeWorld();
  await deliver(world, 1);
  await deliver(world, 2);
  const { context } = world.process();
  await appendLeaseless(sessionParts(context, "production"), () => ({
    rolloutId: "",
    type: "locked",
    reason: "we look for a leak",
  }));
  return world;
}

describe("an environment that a person holds", () => {
  test("refuses a delivery before anything changes", async () => {
    const world = await held();
    const before = world.cloud.serving("shop-production");

    await expect(deliver(world, 3)).rejects.toMatchObject({
      code: "LEASE_HELD",
      exitCode: 5,
      message: expect.stringContaining("someone since") as string,
    });
    expect(world.cloud.serving("shop-production")).toEqual(before);
  });

  test("is rolled back all the same, and stays held", async () => {
    const world = await held();
    const { context } = world.process();

    const back = await withLease(context, "production", async (ledger) => {
      const delivered = await rollBack(context, productionOf(context), {
        ledger,
        to: undefined,
        withOldSecrets: undefined,
      });
      return { delivered, lock: ledger.state().lock };
    });

    expect(back.delivered.releaseId).toBe(fakeRelease(1).manifest.releaseId);
    expect(back.lock).toMatchObject({ reason: "we look for a leak" });
  });
});

describe("an environment in a freeze", () => {
  // The fake clock begins on a Thursday.
  const freezes = [{ from: "Thu 00:00", to: "Fri 00:00" }];

  test("takes a delivery for a recorded reason only", async () => {
    const world = createFakeWorld({ environment: { freezes } });

    await expect(deliver(world, 1)).rejects.toMatchObject({ code: "LEASE_HELD" });
    await deliver(world, 1, { duringFreeze: "a hole in sign-in" });

    const planned = world.ledger.entries("production").find(({ type }) => type === "planned");
    expect(planned?.exceptions).toEqual({ duringFreeze: "a hole in sign-in" });
  });
});
