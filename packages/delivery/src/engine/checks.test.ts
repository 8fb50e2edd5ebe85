import { describe, expect, test } from "vitest";
import { withLease } from "../context.ts";
import { SYNTHETIC_HEADER } from "../gate/scenario.ts";
import type { ProbeTarget } from "../ports.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { rollOut } from "./rollout.ts";

const OLD = fakeRelease(1).manifest.releaseId;
const NEW = fakeRelease(2).manifest.releaseId;
const ENVIRONMENT = {
  rollout: { steps: [0, 50, 100] },
  gates: { commands: [["npx", "check-it"]] },
  probes: [
    {
      name: "visitor",
      steps: [{ path: "/a" }, { path: "/b", expect: { bodyIncludes: "page" } }],
      cleanup: [{ method: "DELETE", path: "/account" }],
    },
  ],
};

async function deliver(world: FakeWorld, day: number): Promise<unknown> {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(day), ledger }),
  );
}

async function established(): Promise<FakeWorld> {
  const world = createFakeWorld({ environment: ENVIRONMENT });
  await deliver(world, 1);
  return world;
}

function servingTags({ cloud }: FakeWorld): readonly (string | undefined)[] {
  return Object.keys(cloud.serving(WORKER)).map((id) => cloud.tagOf(WORKER, id));
}

describe("a gate with scenarios and commands", () => {
  test("goes through all of them at each step, marked, and cleans up", async () => {
    const world = await established();
    const asked: ProbeTarget[] = [];
    const commands: string[] = [];
    world.behaviours.set(NEW, {
      page: (target) => {
        asked.push(target);
        return { status: 200, body: "a page" };
      },
    });
    world.command = (argv, { DELIVERY_GATE: gate }) => {
      commands.push(`${argv.join(" ")} ${gate}`);
      return { exitCode: 0, output: "" };
    };

    await deliver(world, 2);

    const once = ["/a", "/b", "/account"];
    expect(asked.map(({ url }) => new URL(url).pathname)).toEqual([...once, ...once, ...once]);
    expect(asked.every(({ headers }) => headers[SYNTHETIC_HEADER] === "visitor")).toBe(true);
    expect(commands).toEqual(["health@0", "health@50", "health@100"].map((gate) => `npx check-it ${gate}`));
    expect(servingTags(world)).toEqual([NEW]);
  });

  test("stops at a scenario that fails three times, which is cleaned up after each", async () => {
    const world = await established();
    const paths: string[] = [];
    world.behaviours.set(NEW, {
      page: ({ url }) => {
        paths.push(new URL(url).pathname);
        return { status: url.endsWith("/b") ? 500 : 200, body: "" };
      },
    });

    await expect(deliver(world, 2)).rejects.toMatchObject({
      code: "GATE_FAILED",
      message: expect.stringMatching(/health@0 stopped .*GET \/b: HTTP 500, not 200/u) as string,
    });

    expect(paths.filter((path) => path === "/account")).toHaveLength(3);
    expect(servingTags(world)).toEqual([OLD]);
  });

  test("stops at a command that fails, and says its last words", async () => {
    const world = await established();
    world.command = (_, { DELIVERY_GATE: gate }) =>
      gate === "health@50"
        ? { exitCode: 4, output: "checking\nprices are wrong\n" }
        : { exitCode: 0, output: "" };

    await expect(deliver(world, 2)).rejects.toMatchObject({
      code: "GATE_FAILED",
      message: expect.stringMatching(/health@50 stopped .*exit code 4: prices are wrong/u) as string,
    });

    expect(servingTags(world)).toEqual([OLD]);
  });
});
