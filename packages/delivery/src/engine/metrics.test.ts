import { expect, test } from "vitest";
import { withLease } from "../context.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, type FakeWorldOptions } from "../testing/fake-world.ts";
import { rollOut } from "./rollout.ts";

const WATCHED: FakeWorldOptions = {
  environment: { rollout: { steps: [0, 10, 100], soakMs: 60_000, onInconclusive: "pause" } },
};

test("Metrics that the token may not read pause a rollout, which says what the token needs", async () => {
  const world = createFakeWorld(WATCHED);
  const { context } = world.process();
  const target = productionOf(context);
  const deliver = (day: number) =>
    withLease(context, "production", (ledger) =>
      rollOut(context, target, { release: fakeRelease(day), ledger }),
    );
  await deliver(1);
  world.apiFault = ({ path }) => (path === "/graphql" ? "unauthorized" : "none");

  await expect(deliver(2)).rejects.toMatchObject({
    code: "PAUSED",
    message: expect.stringMatching(
      /not authorized for that account.+The API token needs Account: Account Analytics \(read\)/u,
    ) as string,
  });
});
