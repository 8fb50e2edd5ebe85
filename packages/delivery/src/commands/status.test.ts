import { describe, expect, test } from "vitest";
import { withLease } from "../context.ts";
import { ask } from "../engine/ask.ts";
import { rollOut, type Delivered } from "../engine/rollout.ts";
import { DeliveryError } from "../errors.ts";
import { inProject } from "../testing/fake-project.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import { createFakeWorld, productionOf, WORKER, type FakeWorld } from "../testing/fake-world.ts";
import { presentStatus, status, statusExitCode } from "./status.ts";

const [OLD, NEW] = [fakeRelease(1).manifest.releaseId, fakeRelease(2).manifest.releaseId];
const ELSEWHERE = { host: "another-machine", pid: 1 };

function deliver(world: FakeWorld, day: number): Promise<Delivered> {
  const { context } = world.process();
  return withLease(context, "production", (ledger) =>
    rollOut(context, productionOf(context), { release: fakeRelease(day), ledger }),
  );
}

/** Release 1 serves; release 2 is watched at 10 % for a long time. */
async function established(): Promise<FakeWorld> {
  const world = createFakeWorld({ environment: { rollout: { steps: [0, 10, 100], soakMs: 600_000 } } });
  await deliver(world, 1);
  return world;
}

/** What a person at another machine is told, and the exit code. */
async function look(world: FakeWorld) {
  const context = inProject({ ...world.process().context, owner: ELSEWHERE });
  const statuses = await status(context, ["production"]);
  return { statuses, text: presentStatus(statuses), exitCode: statusExitCode(statuses) };
}

/** Acts when the soak has lasted a minute. */
function duringSoak<T>(world: FakeWorld, act: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    world.clock.after(60_000, () => {
      act().then(resolve, reject);
    });
  });
}

describe("the status of an environment", () => {
  test("says what serves, and where a rollback would go", async () => {
    const world = createFakeWorld();
    await deliver(world, 1);
    expect((await look(world)).statuses[0]?.rollbackTo).toBeNull();
    await deliver(world, 2);

    const { text, exitCode } = await look(world);

    expect(text).toMatch(new RegExp(`serves {4}100 % {2}${NEW}`, "u"));
    expect(text).toContain(`  rollback  to ${OLD}\n`);
    expect(exitCode).toBe(0);
  });

  test("during a rollout says where it is and who has it, and finds no drift", async () => {
    const world = await established();
    const seen = duringSoak(world, () => look(world));
    await deliver(world, 2);

    const { text, exitCode } = await seen;

    expect(text).toMatch(
      new RegExp(
        `\\n {2}rollout {3}o-\\w+ of ${NEW}: candidate 10 %, gate health@10, held by a-machine/\\d+\\n`,
        "u",
      ),
    );
    expect(text).not.toContain("DRIFT");
    expect(exitCode).toBe(0);
  });

  test("while a rollout is paused says why and what to do, and ends with 7", async () => {
    const world = await established();
    const asked = duringSoak(world, async () => {
      const context = { ...world.process().context, owner: ELSEWHERE };
      return ask(context, productionOf(context), { wish: "pause", reason: "it looks odd" });
    });
    await expect(deliver(world, 2)).rejects.toMatchObject({ code: "PAUSED" });
    await asked;

    const { text, exitCode } = await look(world);

    expect(text).toMatch(
      /\n {2}paused {4}o-\w+ of \S+ at 10 %, someone asked for it: it looks odd: npx delivery resume production, or abort production REASON\n/u,
    );
    expect(text).not.toContain("DRIFT");
    expect(exitCode).toBe(7);
  });

  test("after a rollout's process was killed says that nobody is at it, and ends with 7", async () => {
    const world = await established();
    const { context, killed } = world.process({ killAfterEvents: 7 });
    const work = withLease(context, "production", (ledger) =>
      rollOut(context, productionOf(context), { release: fakeRelease(2), ledger }),
    );
    await Promise.race([work, killed]);
    const here = inProject(world.process().context);

    const statuses = await status(here, ["production"]);

    expect(presentStatus(statuses)).toMatch(
      /\n {2}cut off {3}o-\w+ of \S+ at \d+ %, its process is gone: npx delivery resume production/u,
    );
    expect(statuses[0]?.drift).toEqual([]);
    expect(statusExitCode(statuses)).toBe(7);
  });

  test("after a rollout got stuck says so, and ends with 4", async () => {
    const world = await established();
    world.behaviours.set(NEW, { healthy: () => false });
    world.apiFault = ({ method }) =>
      method === "POST" && world.ledger.entries("production").at(-1)?.type === "judged"
        ? "unavailable"
        : "none";
    await expect(deliver(world, 2)).rejects.toMatchObject({ code: "STUCK" });
    world.apiFault = () => "none";

    const { text, exitCode } = await look(world);

    expect(text).toContain("  STUCK     ");
    expect(exitCode).toBe(4);
  });

  test("ends with 6 when something serves that no delivery brought", async () => {
    const world = await established();
    const versionId = world.cloud.upload(WORKER, { tag: "", message: "", etag: "e" });
    world.cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "by hand");

    const { text, exitCode } = await look(world);

    expect(text).toContain("  DRIFT     version");
    expect(exitCode).toBe(6);
  });

  test("while the ledger can't be reached says what serves all the same, and ends with 2", async () => {
    const world = await established();
    world.ledger.fail(
      new DeliveryError({ code: "LEDGER_UNAVAILABLE", message: "The remote is away.", hint: "…" }),
    );

    const { text, exitCode } = await look(world);

    expect(text).toMatch(new RegExp(`serves {4}100 % {2}${OLD}`, "u"));
    expect(text).toContain("  decided   unknown: the ledger can't be reached (The remote is away.)\n");
    expect(text).not.toContain("DRIFT");
    expect(exitCode).toBe(2);
  });
});
