import { describe, expect, test } from "vitest";
import { withLease } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import {
  createFakeWorld,
  productionOf,
  WORKER,
  type FakeProcess,
  type FakeWorld,
} from "../testing/fake-world.ts";
import { rollOut, type Delivered } from "./rollout.ts";

const STEPS = { rollout: { steps: [0, 10, 50, 100], soakMs: 0 } };
const OLD = fakeRelease(1);
const NEW = fakeRelease(2);

function deliver({ context }: FakeProcess, release = NEW): Promise<Delivered> {
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release, ledger }),
  );
}

async function failure(work: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DeliveryError) return error;
  throw new Error("it did not fail as a delivery does", { cause: error });
}

/** A world in which release 1 serves and is proven. */
async function established(): Promise<FakeWorld> {
  const world = createFakeWorld({ environment: STEPS });
  await deliver(world.process(), OLD);
  return world;
}

/** The tags of what serves. */
function serving({ cloud }: FakeWorld): Readonly<Record<string, number>> {
  const shares = Object.entries(cloud.serving(WORKER));
  return Object.fromEntries(shares.map(([id, share]) => [cloud.tagOf(WORKER, id) ?? id, share]));
}

describe("a rollout", () => {
  test("takes all traffic step by step", async () => {
    const world = await established();

    const delivered = await deliver(world.process());

    expect(delivered.releaseId).toBe(NEW.manifest.releaseId);
    expect(serving(world)).toEqual({ [NEW.manifest.releaseId]: 100 });
  });

  test.each([0, 10, 50, 100])("of a candidate that is ill at %i % returns to stable", async (ill) => {
    const world = await established();
    world.behaviours.set(NEW.manifest.releaseId, { healthy: ({ percentage }) => percentage < ill });

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "GATE_FAILED", exitCode: 3 });
    expect(error.message).toContain(`health@${ill}`);
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });
});
