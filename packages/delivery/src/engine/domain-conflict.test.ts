import { describe, expect, test } from "vitest";
import { withLease } from "../context.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER } from "../testing/fake-world.ts";
import { rollOut } from "./rollout.ts";

describe("a domain that leads to another Worker", () => {
  test("is not taken over: the delivery is refused before anything changes", async () => {
    const world = createFakeWorld();
    const versionId = world.cloud.upload("another", { tag: "", message: "", etag: "e" });
    world.cloud.deploy("another", [{ versionId, percentage: 100 }], "by hand");
    const another = world.cloud.workers.get("another");
    if (another) another.triggers = { ...another.triggers, domains: ["shop.example.com"] };
    const { context } = world.process();

    const work = withLease(context, "production", (ledger) =>
      rollOut(context, productionOf(context), { release: fakeRelease(1), ledger }),
    );

    await expect(work).rejects.toMatchObject({
      code: "DOMAIN_TAKEN",
      exitCode: 2,
      message: "production: shop.example.com leads to another Worker, another.",
    });
    expect(world.cloud.workers.has(WORKER)).toBe(false);
  });
});
