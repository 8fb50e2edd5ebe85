import { describe, expect, test } from "vitest";
import { withLease, withLeaseIfReachable } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { NewEntry } from "../ledger/entry.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { adopt, findAdoptable } from "./adopt.ts";
import { rollBack, type RollbackOptions } from "./rollback.ts";
import { rollOut, type Delivered } from "./rollout.ts";

const id = (day: number) => fakeRelease(day).manifest.releaseId;
/** The environment's own domain. */
const OWN = "shop.example.com";
const AWAY = new DeliveryError({ code: "LEDGER_UNAVAILABLE", message: "The remote is away.", hint: "…" });

function deliver(world: FakeWorld, day: number, exceptions = {}): Promise<Delivered> {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(day), ledger, exceptions }),
  );
}

function back(world: FakeWorld, options: Partial<RollbackOptions> = {}): Promise<Delivered> {
  const { context } = world.process();
  return withLeaseIfReachable(context, "production", (ledger) =>
    rollBack(context, productionOf(context), {
      ledger,
      to: undefined,
      withOldSecrets: undefined,
      ...options,
    }),
  );
}

async function delivered(...days: readonly number[]): Promise<FakeWorld> {
  const world = createFakeWorld();
  for (const day of days) await deliver(world, day);
  return world;
}

function serving({ cloud }: FakeWorld): Readonly<Record<string, number>> {
  const shares = Object.entries(cloud.serving(WORKER));
  return Object.fromEntries(
    shares.map(([version, share]) => [cloud.tagOf(WORKER, version) ?? version, share]),
  );
}

/** A rollout that was aborted after its migration had taken something away. */
function contracted({ ledger }: FakeWorld): void {
  const entries = ledger.entries("production");
  const last = entries.at(-1);
  if (last === undefined) throw new Error("nothing was delivered before");
  const rollout = { rolloutId: "o-contract", releaseId: "r-contract" };
  const added: readonly NewEntry[] = [
    { ...rollout, type: "planned", exceptions: { contract: "the column is unused since December" } },
    { ...rollout, type: "migrated", schemaVersion: "2" },
    { ...rollout, type: "aborted" },
  ];
  ledger.add(
    "production",
    ...added.map((entry, index) => ({
      schema: last.schema,
      at: last.at,
      actor: last.actor,
      lease: last.lease,
      environment: "production",
      seq: entries.length + 1 + index,
      ...entry,
    })),
  );
}

const types = ({ ledger }: FakeWorld) =>
  ledger
    .entries("production")
    .map(({ type }) => type)
    .filter((type) => !type.startsWith("lease_"));

describe("a rollback", () => {
  test("returns to the release before, and a second one to the release before that", async () => {
    const world = await delivered(1, 2, 3);

    await back(world);
    expect(serving(world)).toEqual({ [id(2)]: 100 });
    await back(world);
    expect(serving(world)).toEqual({ [id(1)]: 100 });
  });

  test("works while the git remote is away: the target is inferred, and it says so", async () => {
    const world = await delivered(1, 2, 3);
    world.ledger.fail(AWAY);

    await back(world);

    expect(serving(world)).toEqual({ [id(2)]: 100 });
    expect(world.said.join("\n")).toContain("(inferred)");
  });

  test("that was done without the ledger is recorded by the next delivery, and is no drift to it", async () => {
    const world = await delivered(1, 2);
    world.ledger.fail(AWAY);
    await back(world);
    world.ledger.fail(undefined);

    await deliver(world, 3);

    expect(types(world)).toContain("rolled_back");
    expect(serving(world)).toEqual({ [id(3)]: 100 });
    await back(world);
    expect(serving(world)).toEqual({ [id(1)]: 100 });
  });

  test("works when the ledger goes away after the lease was taken", async () => {
    const world = await delivered(1, 2);
    world.apiFault = ({ method, path }) => {
      if (method === "POST" && path.endsWith("/deployments")) world.ledger.fail(AWAY);
      return "none";
    };

    await back(world);

    expect(serving(world)).toEqual({ [id(1)]: 100 });
    expect(world.said.join("\n")).toContain("not recorded yet");
  });

  test("works when somebody has deleted the ledger", async () => {
    const world = await delivered(1, 2, 3);
    world.ledger.set("production", []);

    await back(world);

    expect(serving(world)).toEqual({ [id(2)]: 100 });
  });

  test("asks neither metrics nor database", async () => {
    const world = await delivered(1, 2);
    const before = world.calls.length;
    world.apiFault = ({ path }) => (path === "/graphql" ? "unavailable" : "none");

    await back(world);

    expect(serving(world)).toEqual({ [id(1)]: 100 });
    expect(world.calls.slice(before).filter(({ path }) => path === "/graphql")).toEqual([]);
  });

  test("brings the code back although the database is down, and says that it isn't healthy", async () => {
    const world = await delivered(1, 2);
    for (const day of [1, 2]) world.behaviours.set(id(day), { healthy: () => false });

    await expect(back(world)).rejects.toMatchObject({
      code: "STUCK",
      exitCode: 4,
      message: expect.stringContaining(
        "serves again, but doesn't answer healthy: HTTP 503, database down",
      ) as string,
    });
    expect(serving(world)).toEqual({ [id(1)]: 100 });
    expect(types(world).at(-1)).toBe("rolled_back");
  });

  test("whose reply was lost is not done twice", async () => {
    const world = await delivered(1, 2);
    const before = world.cloud.workers.get(WORKER)?.deployments.length ?? 0;
    world.apiFault = ({ method }) => (method === "POST" ? "reply lost" : "none");

    await back(world);

    expect(serving(world)).toEqual({ [id(1)]: 100 });
    expect(world.cloud.workers.get(WORKER)?.deployments).toHaveLength(before + 1);
  });

  test("over a migration that took something away asks the release first, and leaves what serves if it is ill", async () => {
    const world = await delivered(1);
    contracted(world);
    await deliver(world, 2);
    world.behaviours.set(id(1), { healthy: () => false });

    await expect(back(world)).rejects.toMatchObject({
      code: "GATE_FAILED",
      exitCode: 3,
      message: expect.stringContaining("with today's schema") as string,
    });
    expect(serving(world)).toEqual({ [id(2)]: 100 });
  });

  test("that was cut off after the traffic is finished by the next one, which goes no further back", async () => {
    const world = await delivered(1, 2, 3);
    const triggers = world.cloud.workers.get(WORKER)?.triggers;
    world.apiFault = ({ method, path }) =>
      method === "GET" && path.endsWith("/schedules") ? "unavailable" : "none";

    await expect(back(world)).rejects.toMatchObject({
      code: "STUCK",
      message: expect.stringContaining("serves again and answers healthy, but its domains") as string,
      hint: `Finish it: npx delivery rollback production --to ${id(2)}`,
    });
    expect(serving(world)).toEqual({ [id(2)]: 100 });
    world.apiFault = () => "none";
    await back(world);

    expect(serving(world)).toEqual({ [id(2)]: 100 });
    expect(world.cloud.workers.get(WORKER)?.triggers).toEqual(triggers);
  });

  test("that was killed right after the traffic is finished by the next one, also to what was adopted", async () => {
    const world = createFakeWorld();
    const { cloud } = world;
    const versionId = cloud.upload(WORKER, { tag: "v1.0", message: "", etag: "by-hand" });
    cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "by hand");
    const { context } = world.process();
    const target = productionOf(context);
    await withLease(context, "production", async (ledger) =>
      adopt(context, target, { ledger, adoptable: await findAdoptable(context, target, undefined) }),
    );
    await deliver(world, 2);
    const dying = world.process({ killAfterWrites: 1 });
    const attempt = withLeaseIfReachable(dying.context, "production", (ledger) =>
      rollBack(dying.context, productionOf(dying.context), {
        ledger,
        to: undefined,
        withOldSecrets: undefined,
      }),
    );
    await Promise.race([attempt, dying.killed]);
    expect(serving(world)).toEqual({ "v1.0": 100 });

    await back(world);

    expect(serving(world)).toEqual({ "v1.0": 100 });
  });

  test("brings back a domain that was taken away, before it asks whether the release answers", async () => {
    const world = await delivered(1, 2);
    const worker = world.cloud.workers.get(WORKER);
    if (worker) worker.triggers = { ...worker.triggers, domains: [] };

    await back(world);

    expect(worker?.triggers.domains).toEqual(["shop.example.com"]);
  });

  test("takes away domains and schedules that only the release before it declared, never the environment's own domain", async () => {
    const world = createFakeWorld();
    world.declared.set(id(1), { domains: [], schedules: undefined });
    world.declared.set(id(2), { domains: [OWN, "new.example.com"], schedules: ["0 3 * * *"] });
    await deliver(world, 1);
    const worker = world.cloud.workers.get(WORKER);
    const givenByHand = (...domains: readonly string[]) => {
      if (worker) worker.triggers = { ...worker.triggers, domains };
    };
    givenByHand(OWN);
    await deliver(world, 2);
    givenByHand(OWN, "new.example.com", "by-hand.example.com");
    expect(worker?.triggers.schedules).toEqual(["0 3 * * *"]);

    await back(world);

    expect(worker?.triggers).toMatchObject({ domains: [OWN, "by-hand.example.com"], schedules: [] });
  });

  test("takes away what the release that served had, not what a candidate that was taken back has", async () => {
    const world = createFakeWorld();
    world.declared.set(id(1), { schedules: undefined });
    world.declared.set(id(2), { schedules: ["0 3 * * *"] });
    world.declared.set(id(3), { schedules: undefined });
    world.behaviours.set(id(3), { healthy: ({ percentage }) => percentage < 10 });
    await deliver(world, 1);
    await deliver(world, 2);
    await expect(deliver(world, 3)).rejects.toMatchObject({ exitCode: 3 });

    await back(world);

    expect(serving(world)).toEqual({ [id(1)]: 100 });
    expect(world.cloud.workers.get(WORKER)?.triggers.schedules).toEqual([]);
  });

  test("has nothing to return to when no delivery was made", async () => {
    const world = await delivered(1);

    await expect(back(world)).rejects.toMatchObject({ code: "NOTHING_TO_ROLL_BACK_TO" });
    await expect(back(createFakeWorld())).rejects.toMatchObject({ code: "NOTHING_TO_ROLL_BACK_TO" });
  });
});
