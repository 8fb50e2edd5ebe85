import { describe, expect, test } from "vitest";
import { sessionParts, withLease } from "../context.ts";
import { appendLeaseless } from "../ledger-session.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { ask } from "./ask.ts";
import { resumeRollout } from "./resume.ts";
import { rollOut, type Delivered } from "./rollout.ts";

const OLD = fakeRelease(1);
const NEW = fakeRelease(2);
const SOAK_MS = 600_000;

function deliver(world: FakeWorld, release = NEW, exceptions = {}): Promise<Delivered> {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release, ledger, exceptions }),
  );
}

function wish(world: FakeWorld, kind: "pause" | "abort", reason = "it looks odd") {
  const context = { ...world.process().context, owner: { host: "another-machine", pid: 1 } };
  return ask(context, productionOf(context), { wish: kind, reason });
}

function resume(world: FakeWorld): Promise<Delivered> {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    resumeRollout(context, productionOf(context), { ledger, reason: undefined }),
  );
}

/** Release 1 serves; release 2 is watched at 10 % for a long time. */
async function established(): Promise<FakeWorld> {
  const world = createFakeWorld({ environment: { rollout: { steps: [0, 10, 100], soakMs: SOAK_MS } } });
  await deliver(world, OLD);
  return world;
}

function serving({ cloud }: FakeWorld): Readonly<Record<string, number>> {
  const shares = Object.entries(cloud.serving(WORKER));
  return Object.fromEntries(shares.map(([id, share]) => [cloud.tagOf(WORKER, id) ?? id, share]));
}

const types = ({ ledger }: FakeWorld) =>
  ledger
    .entries("production")
    .map(({ type }) => type)
    .filter((type) => !type.startsWith("lease_"));

/** Acts when the soak has lasted a minute. */
function duringSoak<T>(world: FakeWorld, act: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    world.clock.after(60_000, () => {
      act().then(resolve, reject);
    });
  });
}

describe("a person at another terminal", () => {
  test("aborts a running rollout within seconds: stable has all traffic, and the delivery ends with 3", async () => {
    const world = await established();
    let aborted: { outcome: string } | undefined;
    const asked = duringSoak(world, async () => (aborted = await wish(world, "abort")));

    await expect(deliver(world)).rejects.toMatchObject({
      code: "ABORTED",
      exitCode: 3,
      message: expect.stringMatching(
        /someone asked for it: it looks odd; version \w{8} serves again/u,
      ) as string,
    });
    await asked;

    expect(aborted?.outcome).toBe("aborted");
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
    expect(world.clock.monotonicMs() - Date.parse("2026-01-01")).toBeLessThan(90_000);
  });

  test("pauses a running rollout, which ends with 7; resumed, it ends as if it had never stopped", async () => {
    const world = await established();
    const asked = duringSoak(world, () => wish(world, "pause"));

    await expect(deliver(world)).rejects.toMatchObject({ code: "PAUSED", exitCode: 7 });
    expect((await asked).outcome).toBe("paused");
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 90, [NEW.manifest.releaseId]: 10 });

    expect((await resume(world)).releaseId).toBe(NEW.manifest.releaseId);
    expect(serving(world)).toEqual({ [NEW.manifest.releaseId]: 100 });
    expect(types(world).filter((type) => type === "uploaded")).toHaveLength(2);
  });

  test("aborts a paused rollout, although no process runs", async () => {
    const world = await established();
    const asked = duringSoak(world, () => wish(world, "pause"));
    await expect(deliver(world)).rejects.toMatchObject({ code: "PAUSED" });
    await asked;

    expect((await wish(world, "abort")).outcome).toBe("aborted");

    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
    expect(types(world).at(-1)).toBe("aborted");
  });

  test("replaces a paused rollout by another release, with a reason", async () => {
    const world = await established();
    const asked = duringSoak(world, () => wish(world, "pause"));
    await expect(deliver(world)).rejects.toMatchObject({ code: "PAUSED" });
    await asked;

    await expect(deliver(world, fakeRelease(3))).rejects.toMatchObject({ code: "PAUSED", exitCode: 7 });
    await deliver(world, fakeRelease(3), { rollForward: "it corrects what we saw" });

    expect(serving(world)).toEqual({ [fakeRelease(3).manifest.releaseId]: 100 });
  });

  test("replaces a paused rollout only by one that nothing stands in the way of", async () => {
    const world = await established();
    const asked = duringSoak(world, () => wish(world, "pause"));
    await expect(deliver(world)).rejects.toMatchObject({ code: "PAUSED" });
    await asked;
    const paused = serving(world);
    world.apiFault = ({ path }) => (path === "/user/tokens/verify" ? "unavailable" : "none");

    await expect(
      deliver(world, fakeRelease(3), { rollForward: "it corrects what we saw" }),
    ).rejects.toMatchObject({ code: "PLATFORM_UNAVAILABLE" });

    expect(serving(world)).toEqual(paused);
    world.apiFault = () => "none";
    expect((await resume(world)).releaseId).toBe(NEW.manifest.releaseId);
  });

  test("is told when there is nothing to stop", async () => {
    const world = await established();

    await expect(wish(world, "abort")).rejects.toMatchObject({ code: "USAGE" });
    await expect(resume(world)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a rollout whose process was killed", () => {
  async function cutOff(events: number): Promise<FakeWorld> {
    const world = await established();
    const { context, killed } = world.process({ killAfterEvents: events });
    const work = withLease(context, "production", (ledger) =>
      rollOut(context, productionOf(context), { release: NEW, ledger }),
    );
    await Promise.race([work, killed]);
    return world;
  }

  test("is resumed where it stopped", async () => {
    const world = await cutOff(6);

    expect((await resume(world)).releaseId).toBe(NEW.manifest.releaseId);
    expect(serving(world)).toEqual({ [NEW.manifest.releaseId]: 100 });
  });

  test("is not resumed once somebody has deployed something else", async () => {
    const world = await cutOff(6);
    const id = world.cloud.upload(WORKER, { tag: "hotfix", message: "", etag: "e" });
    world.cloud.deploy(WORKER, [{ versionId: id, percentage: 100 }], "by hand");

    await expect(resume(world)).rejects.toMatchObject({ code: "DRIFT", exitCode: 6 });
  });

  test("is not resumed while the environment is held", async () => {
    const world = await cutOff(6);
    const { context } = world.process();
    await appendLeaseless(sessionParts(context, "production"), () => ({
      rolloutId: "",
      type: "locked",
      reason: "a demo",
    }));

    await expect(resume(world)).rejects.toMatchObject({ code: "LEASE_HELD", exitCode: 5 });
  });

  test("that got stuck is not resumed", async () => {
    const world = await cutOff(6);
    const { context } = world.process();
    await withLease(context, "production", async (ledger) => {
      const rolloutId = ledger.state().open?.rolloutId ?? "";
      ledger.record({ rolloutId, type: "stuck", reason: "the API was down" });
    });

    await expect(resume(world)).rejects.toMatchObject({ code: "STUCK", exitCode: 4 });
  });

  test("is aborted by a person", async () => {
    const world = await cutOff(6);

    expect((await wish(world, "abort")).outcome).toBe("aborted");
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });
});
