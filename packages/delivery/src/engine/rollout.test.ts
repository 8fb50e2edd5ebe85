import { describe, expect, test } from "vitest";
import { withLease } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { Verdict } from "../ledger/entry.ts";
import { foldLedger } from "../ledger/fold.ts";
import { fakeRelease } from "../testing/fake-releases.ts";
import {
  createFakeWorld,
  productionOf,
  WORKER,
  type FakeProcess,
  type FakeWorld,
  type FakeWorldOptions,
} from "../testing/fake-world.ts";
import { resumeRollout } from "./resume.ts";
import { rollOut, type Delivered } from "./rollout.ts";

const STEPS = { rollout: { steps: [0, 10, 50, 100], soakMs: 0 } };
const WATCHED = { rollout: { steps: [0, 10, 50, 100], soakMs: 600_000, onInconclusive: "pause" } };
const BUSY = { environment: WATCHED, requestsPerMinute: 2000 };
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
async function established(options: FakeWorldOptions = { environment: STEPS }): Promise<FakeWorld> {
  const world = createFakeWorld(options);
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

  test("changes the traffic only when the ledger has everything that came before", async () => {
    const world = await established();
    const recorded: (string | undefined)[] = [];
    world.apiFault = ({ method, path }) => {
      if (method === "POST" && path.includes("/deployments"))
        recorded.push(world.ledger.entries("production").at(-1)?.type);
      return "none";
    };

    await deliver(world.process());

    expect(recorded).toEqual(["uploaded", "judged", "judged", "judged"]);
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

describe("a first delivery", () => {
  test("that fails once its domains are set leaves nothing that visitors could reach", async () => {
    const world = createFakeWorld({ environment: STEPS });
    world.apiFault = ({ path }) => {
      if (path.endsWith("/schedules")) world.behaviours.set(NEW.manifest.releaseId, { healthy: () => false });
      return "none";
    };

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "GATE_FAILED", exitCode: 3 });
    expect(error.message).toContain("nothing serves, as before");
    expect(world.cloud.workers.get(WORKER)?.triggers).toMatchObject({ domains: [], workersDev: false });
  });
});

describe("a rollout that watches the metrics", () => {
  const NEW_ID = NEW.manifest.releaseId;

  test("goes on when the candidate does as well as stable", async () => {
    const world = await established(BUSY);

    await deliver(world.process());

    expect(serving(world)).toEqual({ [NEW_ID]: 100 });
  });

  test.each([
    ["fails five times as many requests", { errorRate: () => 0.05 }, 10, "error-rate"],
    ["takes twice as long", { medianMs: 160 }, 10, "p95"],
    ["is fine at 10 % and fails at 50 %", { errorRate: at50 }, 50, "error-rate"],
  ] as const)("stops a candidate that %s", async (...[, behaviour, step, probe]) => {
    const world = await established(BUSY);
    world.behaviours.set(NEW_ID, behaviour);

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "GATE_FAILED", exitCode: 3 });
    expect(error.message).toContain(`the gate health@${step} stopped`);
    expect(lastVerdict(world)?.measurements.at(0)?.probe).toBe(probe);
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });

  test("lets one error in a hundred requests pass where stable has as many", async () => {
    const world = await established(BUSY);
    world.behaviours.set(NEW_ID, { errorRate: () => 0.01 });

    await expect(deliver(world.process())).resolves.toMatchObject({ releaseId: NEW_ID });
  });

  test.each([
    ["nobody visits", { environment: WATCHED, requestsPerMinute: 0 }, "none"],
    ["the metrics are down", BUSY, "unavailable"],
  ] as const)("pauses with both versions serving when %s", async (_, options, fault) => {
    const world = await established(options);
    world.apiFault = ({ path }) => (path.endsWith("/graphql") ? fault : "none");

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "PAUSED", exitCode: 7 });
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 90, [NEW_ID]: 10 });
  });

  test("takes the probes' word when it is told to", async () => {
    const rollout = { ...WATCHED.rollout, onInconclusive: "probes-decide" };
    const world = await established({ environment: { rollout }, requestsPerMinute: 0 });

    await expect(deliver(world.process())).resolves.toMatchObject({ releaseId: NEW_ID });
  });
});

describe("a rollout that is disturbed", () => {
  test("leaves alone what somebody else deploys in the soak, and says so", async () => {
    const world = await established(BUSY);
    const foreign = world.cloud.upload(WORKER, { tag: "by-hand", message: "", etag: "e" });
    world.clock.after(120_000, () =>
      world.cloud.deploy(WORKER, [{ versionId: foreign, percentage: 100 }], "by hand"),
    );

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "DRIFT", exitCode: 6 });
    expect(serving(world)).toEqual({ "by-hand": 100 });
  });

  test.each([
    ["the next step", 1000, { [NEW.manifest.releaseId]: 100 }],
    ["the soak", 900_000, { [OLD.manifest.releaseId]: 100 }],
  ])("notices its own lost write that comes late, in %s", async (...[, doneAfterMs, expected]) => {
    const world = await established(BUSY);
    let lost = 0;
    world.apiFault = ({ method, path }) => {
      if (method !== "POST" || !path.endsWith("/deployments")) return "none";
      lost += 1;
      // The one that routes 10 %: the one at 0 % was before it.
      return lost === 2 ? { doneAfterMs } : "none";
    };

    const error: unknown = await deliver(world.process()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    expect(serving(world)).toEqual(expected);
    expect(error === undefined).toBe(NEW.manifest.releaseId in expected);
  });

  test("takes a healthy answer of stable for an error, and stops", async () => {
    const world = await established();
    world.edge.ignoresOverrides = true;

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "GATE_FAILED" });
    expect(error.message).toMatch(/version \S+ answered/u);
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });

  test("goes on whatever single request to the API comes to nothing or loses its reply", async () => {
    const quiet = await established();
    await deliver(quiet.process());
    const from = (await established()).calls.length;
    for (const fault of ["unavailable", "reply lost"] as const) {
      for (let index = from; index < quiet.calls.length; index += 1) {
        const world = await established();
        world.apiFault = (call) => (call.index === index ? fault : "none");

        await deliver(world.process());

        expect(serving(world), `${fault} at ${index}`).toEqual({ [NEW.manifest.releaseId]: 100 });
      }
    }
  });
});

describe("a rollout whose ledger goes away", () => {
  const AWAY = new DeliveryError({ code: "LEDGER_UNAVAILABLE", message: "The remote is away.", hint: "…" });

  /** When an entry of that type is to be written. @returns what brings it back */
  function goesAwayWith(world: FakeWorld, type: string): () => void {
    const append = world.ledger.append.bind(world.ledger);
    world.ledger.append = (environment, after, entries) => {
      if (entries.some((entry) => entry.type === type)) world.ledger.fail(AWAY);
      return append(environment, after, entries);
    };
    return () => {
      world.ledger.append = append;
      world.ledger.fail(undefined);
    };
  }

  test("at its end isn't taken back: the release serves, and a later run records it", async () => {
    const world = await established();
    const returns = goesAwayWith(world, "proven");

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "LEDGER_UNAVAILABLE", exitCode: 2 });
    expect(error.message).toContain("serves and was verified, but that isn't recorded yet");
    expect(serving(world)).toEqual({ [NEW.manifest.releaseId]: 100 });
    returns();
    const { context } = world.process();
    await withLease(context, "production", (ledger) =>
      resumeRollout(context, productionOf(context), { ledger, reason: undefined }),
    );
    expect(foldLedger(world.ledger.entries("production"))).toMatchObject({
      open: undefined,
      current: { releaseId: NEW.manifest.releaseId },
    });
  });

  test("as it is aborted says what stopped it, and that stable serves again", async () => {
    const world = await established();
    world.behaviours.set(NEW.manifest.releaseId, { healthy: () => false });
    goesAwayWith(world, "aborted");

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "GATE_FAILED", exitCode: 3 });
    expect(world.said.join("\n")).toContain("not recorded yet");
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });

  test("as its lease is given back has been delivered all the same", async () => {
    const world = await established();
    goesAwayWith(world, "lease_released");

    await expect(deliver(world.process())).resolves.toMatchObject({ releaseId: NEW.manifest.releaseId });
    expect(world.said.join("\n")).toContain("the lease was not given back");
  });

  test("in the middle returns to stable", async () => {
    const world = await established();
    goesAwayWith(world, "routed");

    expect(await failure(deliver(world.process()))).toMatchObject({ exitCode: 3 });
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });
});

describe("a release of ours that serves without a ledger", () => {
  test("is no first delivery where users reach it: nothing changes", async () => {
    const world = await established();
    world.ledger.set("production", []);

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "DRIFT", exitCode: 6 });
    expect(error.message).toContain("serves users, but the ledger knows of no release");
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });
});

describe("a Worker that serves users and was never adopted", () => {
  test("is watched where users are", async () => {
    const world = createFakeWorld(BUSY);
    const versionId = world.cloud.upload(WORKER, { tag: "", message: "", etag: "by-hand" });
    world.cloud.deploy(WORKER, [{ versionId, percentage: 100 }], "by hand");
    const worker = world.cloud.workers.get(WORKER);
    if (worker) worker.triggers = { ...worker.triggers, domains: ["shop.example.com"] };
    world.behaviours.set(NEW.manifest.releaseId, { errorRate: () => 0.05 });

    const error = await failure(deliver(world.process()));

    expect(error.message).toContain("the gate health@10 stopped");
    expect(world.cloud.serving(WORKER)).toEqual({ [versionId]: 100 });
  });
});

describe("a rollout with other bytes under its name", () => {
  test("is taken back, and says what serves", async () => {
    const world = await established();
    world.apiFault = ({ path }) => {
      const worker = world.cloud.workers.get(WORKER);
      if (worker && path.endsWith("/schedules"))
        worker.versions = worker.versions.map((version, index) =>
          index === 0 ? { ...version, etag: "other bytes" } : version,
        );
      return "none";
    };

    const error = await failure(deliver(world.process()));

    expect(error).toMatchObject({ code: "ABORTED", exitCode: 3 });
    expect(error.message).toMatch(/was taken back: .*other bytes.*serves again/u);
    expect(serving(world)).toEqual({ [OLD.manifest.releaseId]: 100 });
  });
});

describe("a rollout that is killed", () => {
  test.each(["killAfterEvents", "killAfterWrites"] as const)(
    "anywhere (%s) is finished by the next run",
    async (when) => {
      const { events, writes } = await undisturbed();
      const moments = when === "killAfterEvents" ? events : writes;
      expect(moments).toBeGreaterThan(4);
      for (let count = 1; count <= moments; count += 1) {
        const world = await established();
        const first = world.process({ [when]: count });
        expect(await Promise.race([first.killed, deliver(first)])).toBe("killed");

        await deliver(world.process());

        expect(serving(world), `killed after ${count}`).toEqual({ [NEW.manifest.releaseId]: 100 });
        expect(foldLedger(world.ledger.entries("production"))).toMatchObject({
          open: undefined,
          lease: undefined,
          current: { releaseId: NEW.manifest.releaseId },
        });
      }
    },
  );

  test("anywhere ends, when it is resumed, as if it had never stopped", async () => {
    const { events } = await undisturbed();
    for (let count = 3; count <= events - 1; count += 1) {
      const world = await established();
      const first = world.process({ killAfterEvents: count });
      await Promise.race([first.killed, deliver(first)]);
      const { context } = world.process();

      await withLease(context, "production", (ledger) =>
        resumeRollout(context, productionOf(context), { ledger, reason: undefined }),
      );

      expect(serving(world), `killed after ${count}`).toEqual({ [NEW.manifest.releaseId]: 100 });
      const { current, open } = foldLedger(world.ledger.entries("production"));
      expect({ release: current?.releaseId, open }).toEqual({
        release: NEW.manifest.releaseId,
        open: undefined,
      });
    }
  });

  test("in a first delivery is begun anew by the next run", async () => {
    for (let count = 1; ; count += 1) {
      const world = createFakeWorld({ environment: STEPS });
      const first = world.process({ killAfterWrites: count });
      if ((await Promise.race([first.killed, deliver(first)])) !== "killed") return;

      await deliver(world.process());

      expect(serving(world), `killed after ${count}`).toEqual({ [NEW.manifest.releaseId]: 100 });
    }
  });
});

/** How many events a delivery journals before it gives its lease back, and how many writes it sends. */
async function undisturbed(): Promise<{ readonly events: number; readonly writes: number }> {
  const world = await established();
  const { length } = world.ledger.entries("production");
  const calls = world.calls.length;
  await deliver(world.process());
  const posts = world.calls.slice(calls).filter(({ method }) => method !== "GET");
  // The upload is wrangler's.
  return { events: world.ledger.entries("production").length - length - 1, writes: posts.length + 1 };
}

function at50({ percentage }: { readonly percentage: number }): number {
  return percentage < 50 ? 0.01 : 0.05;
}

function lastVerdict({ ledger }: FakeWorld): Verdict | undefined {
  return ledger.entries("production").findLast(({ verdict }) => verdict !== undefined)?.verdict;
}
