import process from "node:process";
import { describe, expect, test } from "vitest";
import { withLease, type Context } from "../context.ts";
import { rollOut } from "../engine/rollout.ts";
import type { NewEntry } from "../ledger/entry.ts";
import { inProject } from "../testing/fake-project.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { rollback } from "./rollback.ts";
import { abort, askedExitCode, pause, presentAsked, retry } from "./steer.ts";

/** A process of this machine that lives. */
const ALIVE = `a-machine/${process.ppid}`;
const ROLLOUT = { rolloutId: "o-1", releaseId: fakeRelease(2).manifest.releaseId };
const TAKEN: NewEntry = { rolloutId: "", type: "lease_acquired" };
const RELEASED: NewEntry = { rolloutId: "", type: "lease_released" };

/** Release 1 serves. */
async function established(): Promise<{ readonly world: FakeWorld; readonly context: Context }> {
  const world = createFakeWorld();
  const { context } = world.process();
  await withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(1), ledger }),
  );
  return { world, context: inProject(context) };
}

/** What another process of this machine writes now. */
function write({ ledger, clock }: FakeWorld, ...added: readonly NewEntry[]): void {
  const length = ledger.entries("production").length;
  ledger.add(
    "production",
    ...added.map((entry, index) => ({
      schema: 1 as const,
      seq: length + 1 + index,
      at: clock.now().toISOString(),
      actor: { kind: "person" as const, name: "somebody else" },
      lease: { owner: ALIVE, nonce: "theirs" },
      environment: "production",
      ...entry,
    })),
  );
}

/** The version that release 1 has. */
function planned({ cloud }: FakeWorld): NewEntry {
  return { ...ROLLOUT, type: "planned", percentages: { ...cloud.serving(WORKER) } };
}

describe("abort and pause", () => {
  test("end with 0 when the process that delivers has done it", async () => {
    const { world, context } = await established();
    write(world, TAKEN, planned(world));
    world.clock.after(3000, () => write(world, { ...ROLLOUT, type: "aborted" }, RELEASED));

    const asked = await abort(context, "production", "it looks odd");

    expect(asked.outcome).toBe("aborted");
    expect(askedExitCode(asked)).toBe(0);
  });

  test("end with 2 when the release was proven meanwhile, and say how to leave it", async () => {
    const { world, context } = await established();
    write(world, TAKEN, planned(world));
    world.clock.after(3000, () => write(world, { ...ROLLOUT, type: "proven", versionId: "v" }, RELEASED));

    const asked = await abort(context, "production", "it looks odd");

    expect(asked.outcome).toBe("proven");
    expect(presentAsked(asked)).toContain("it is proven and serves: npx delivery rollback production");
    expect(askedExitCode(asked)).toBe(2);
  });

  test("end with 5 while the process that delivers hasn't come to it, and say to look again", async () => {
    const { world, context } = await established();
    write(world, TAKEN, planned(world));

    const asked = await pause(context, "production", undefined);

    expect(asked.outcome).toBe("asked");
    expect(presentAsked(asked)).toContain("Look again: npx delivery status production");
    expect(askedExitCode(asked)).toBe(5);
  });

  test("take a rollout back that paused by itself before its process came to the wish", async () => {
    const { world, context } = await established();
    write(world, TAKEN, planned(world), { ...ROLLOUT, type: "paused", reason: "the gate can't tell" });
    world.clock.after(3000, () => write(world, RELEASED));

    const asked = await abort(context, "production", "it looks odd");

    expect(asked.outcome).toBe("aborted");
    expect(world.ledger.entries("production").map(({ type }) => type)).toContain("aborted");
  });
});

describe("while a rollback or an adoption holds the lease", () => {
  const advice = `by ${ALIVE} is running; wait for it, then: npx delivery status production`;

  test("another rollback is told to wait", async () => {
    const { world, context } = await established();
    write(world, TAKEN);

    await expect(
      rollback(context, "production", { to: undefined, withOldSecrets: undefined }),
    ).rejects.toMatchObject({ code: "LEASE_HELD", hint: expect.stringContaining(advice) as string });
  });

  test("there is nothing to abort, and it is told to wait", async () => {
    const { world, context } = await established();
    write(world, TAKEN);

    await expect(abort(context, "production", "it looks odd")).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining(advice) as string,
    });
  });

  test("and it is a rollout's, a rollback is told to abort it", async () => {
    const { world, context } = await established();
    write(world, TAKEN, planned(world));

    await expect(
      rollback(context, "production", { to: undefined, withOldSecrets: undefined }),
    ).rejects.toMatchObject({
      code: "LEASE_HELD",
      hint: expect.stringContaining("npx delivery abort production REASON") as string,
    });
  });
});

describe("a rollout that is tried again", () => {
  test("is allowed what was allowed for its release, and not what was for its moment", async () => {
    const { world, context } = await established();
    const release = fakeRelease(2);
    world.behaviours.set(ROLLOUT.releaseId, { healthy: () => false });
    const exceptions = { contract: "the column is unused", duringFreeze: "it can't wait" };
    await expect(
      withLease(context, "production", (ledger) =>
        rollOut(context, productionOf(context), { release, ledger, exceptions }),
      ),
    ).rejects.toMatchObject({ code: "GATE_FAILED" });
    world.behaviours.delete(ROLLOUT.releaseId);

    expect((await retry(context, "production")).releaseId).toBe(ROLLOUT.releaseId);

    const again = world.ledger.entries("production").findLast(({ type }) => type === "planned");
    expect(again?.exceptions).toEqual({ contract: "the column is unused" });
    expect(world.said.join("\n")).toContain('as the rollout before: --allow-contract "the column is unused"');
    expect(world.said.join("\n")).toContain("the rollout before had --during-freeze, which this one hasn't");
  });
});
