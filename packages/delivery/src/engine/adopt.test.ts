import { describe, expect, test } from "vitest";
import { presentAdopted } from "../commands/adopt.ts";
import { withLease, type Context } from "../context.ts";
import { foldLedger } from "../ledger/fold.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { adopt, findAdoptable, type Adopted } from "./adopt.ts";
import { refuseUnapproved } from "./approval.ts";
import { rollBack } from "./rollback.ts";
import { rollOut } from "./rollout.ts";

/** A Worker that plain wrangler deployed. */
function deployedByHand(): { readonly world: FakeWorld; readonly versionId: string } {
  const world = createFakeWorld();
  const versionId = world.cloud.upload(WORKER, { tag: "", message: "by hand", etag: "e" });
  world.cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "by hand");
  return { world, versionId };
}

function adoptServing(world: FakeWorld, context = world.process().context): Promise<Adopted> {
  const target = productionOf(context);
  return withLease(context, "production", async (ledger) => {
    const adoptable = await findAdoptable(context, target, ledger.state().current);
    return adopt(context, target, { ledger, adoptable });
  });
}

describe("a Worker that no delivery brought", () => {
  test("is what a rollback returns to once it was adopted", async () => {
    const { world, versionId } = deployedByHand();
    const { context } = world.process();
    const target = productionOf(context);

    const adopted = await adoptServing(world);
    await withLease(context, "production", (ledger) =>
      rollOut(context, target, { release: fakeRelease(2), ledger }),
    );
    expect(world.cloud.serving(WORKER)).not.toHaveProperty(versionId);
    await withLease(context, "production", (ledger) =>
      rollBack(context, target, { ledger, to: undefined, withOldSecrets: undefined }),
    );

    expect(adopted).toMatchObject({ releaseId: `adopted-${versionId.slice(0, 8)}`, healthy: true });
    expect(world.cloud.serving(WORKER)).toEqual({ [versionId]: 100 });
  });

  test("is known after that, and nothing on the platform has changed", async () => {
    const { world, versionId } = deployedByHand();
    const before = world.calls.filter(({ method }) => method !== "GET").length;

    await adoptServing(world);

    const { current } = foldLedger(world.ledger.entries("production"));
    const { context } = world.process();
    expect((await findAdoptable(context, productionOf(context), current)).known).toBe(true);
    expect(world.cloud.serving(WORKER)).toEqual({ [versionId]: 100 });
    expect(world.calls.filter(({ method }) => method !== "GET")).toHaveLength(before);
  });

  test("is adopted although it is unhealthy, or has no health report, and which of them it is, is said", async () => {
    const unhealthy = deployedByHand();
    unhealthy.world.behaviours.set("", { healthy: () => false });
    const ill = await adoptServing(unhealthy.world);
    const silent = deployedByHand();
    const { context } = silent.world.process();
    const body = "<html>";
    const probe: Context["probe"] = async () => ({
      kind: "answer",
      status: 404,
      headers: {},
      body,
      durationMs: 1,
    });
    const mute = await adoptServing(silent.world, { ...context, probe });

    expect(presentAdopted(ill)).toContain(
      "It doesn't answer healthy (HTTP 503, database down), so a rollback",
    );
    expect(presentAdopted(mute)).toContain("It has no health report, so a rollback");
  });

  test("is not adopted while traffic is split", async () => {
    const { world, versionId } = deployedByHand();
    const other = world.cloud.upload(WORKER, { tag: "", message: "", etag: "f" });
    const shares = [versionId, other].map((id) => ({ versionId: id, percentage: 50 }));
    world.cloud.deploy(WORKER, shares, "by hand");

    await expect(adoptServing(world)).rejects.toMatchObject({ code: "DRIFT" });
  });
});

describe("an environment with approval by GitHub", () => {
  const approved = createFakeWorld({ environment: { approval: "github", workflow: "ship.yml" } });
  const { context } = approved.process();
  const from = (kind: "ci" | "person", apiBaseUrl = context.settings.cloudflare.apiBaseUrl) => ({
    ...context,
    settings: {
      ...context.settings,
      actor: { kind, name: "ada" },
      cloudflare: { ...context.settings.cloudflare, apiBaseUrl },
    },
  });
  const target = productionOf(context);

  test("refuses a laptop and names the workflow to start", () => {
    expect(() => refuseUnapproved(from("person"), target, {})).toThrow(
      expect.objectContaining({
        code: "NOT_APPROVED",
        exitCode: 2,
        hint: expect.stringContaining("gh workflow run ship.yml") as string,
      }),
    );
  });

  test("takes deliveries of CI, of broken glass, and on a local cloud", () => {
    refuseUnapproved(from("ci"), target, {});
    refuseUnapproved(from("person"), target, { breakGlass: "nobody can sign in" });
    refuseUnapproved(from("person", "http://127.0.0.1:8787/client/v4"), target, {});
    expect(() => refuseUnapproved(from("person"), target, { older: "…" })).toThrow("laptop");
  });
});
