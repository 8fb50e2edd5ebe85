import type { Finished } from "../run.ts";
import { deployByHand } from "./by-hand.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import type { Running } from "../terminal.ts";
import { routing } from "./wire.ts";

/** Long enough that somebody at another terminal has their say. */
const UNHURRIED = { soakMs: 9000, steps: [0, 10, 100] } as const;

/** A delivery that has come to 10 %. */
async function underWay(stage: Stage): Promise<Running> {
  const delivery = stage.start();
  await delivery.said("routing 10 %");
  return delivery;
}

function command(stage: Stage, verb: string, ...more: readonly string[]): Promise<Finished> {
  return stage.delivery([verb, stage.environment, ...more]);
}

function expectEnd({ exitCode, stderr }: Finished, wanted: number): void {
  if (exitCode !== wanted) throw new Error(`a command ended with ${exitCode}, not with ${wanted}: ${stderr}`);
}

/** Pauses a delivery from another terminal. */
async function pauseAt10(stage: Stage): Promise<Finished> {
  const delivery = await underWay(stage);
  expectEnd(await command(stage, "pause", "we look at the logs"), 0);
  return delivery.finished;
}

/** Ends a delivery's machine while it has 10 %. */
async function dieAt10(stage: Stage): Promise<void> {
  const delivery = stage.start();
  stage.theatre.wire.once({
    when: "after",
    is: routing("10"),
    act: async () => {
      delivery.signal("SIGKILL", "group");
      await delivery.finished;
    },
  });
  await delivery.finished;
}

/** A Worker that was deployed by hand with a key, adopted, and followed by a release. */
async function deliverAfterAdoption(stage: Stage, key: string): Promise<void> {
  expectEnd(await deployByHand(stage, { firstKey: key }), 0);
  expectEnd(await command(stage, "adopt", "--yes"), 0);
  expectEnd(await stage.delivery(), 0);
}

/** People who steer a rollout from another terminal. */
export const steeringScenarios: readonly Scenario[] = [
  {
    name: "a person pauses a rollout",
    settings: UNHURRIED,
    play: pauseAt10,
    end: { exitCode: 7, says: "we look at the logs", serves: "both" },
  },
  {
    name: "a person pauses a rollout, and resumes it",
    settings: UNHURRIED,
    play: async (stage) => {
      expectEnd(await pauseAt10(stage), 7);
      return command(stage, "resume");
    },
    end: { exitCode: 0, says: "going on with", serves: "candidate" },
  },
  {
    name: "a person pauses a rollout, and aborts it",
    settings: UNHURRIED,
    play: async (stage) => {
      expectEnd(await pauseAt10(stage), 7);
      return command(stage, "abort", "it was a bad idea");
    },
    end: { exitCode: 0, serves: "stable" },
  },
  {
    name: "a person aborts a rollout that is running",
    settings: UNHURRIED,
    play: async (stage) => {
      const delivery = await underWay(stage);
      expectEnd(await command(stage, "abort", "it was a bad idea"), 0);
      return delivery.finished;
    },
    end: { exitCode: 3, says: "it was a bad idea", serves: "stable" },
  },
  {
    name: "a person aborts a rollout whose machine is gone",
    play: async (stage) => {
      await dieAt10(stage);
      return command(stage, "abort", "its machine is gone");
    },
    end: { exitCode: 0, serves: "stable" },
  },
  {
    name: "a person resumes a rollout whose machine is gone",
    play: async (stage) => {
      await dieAt10(stage);
      return command(stage, "resume");
    },
    end: { exitCode: 0, says: "going on with", serves: "candidate" },
  },
  {
    name: "a person replaces a paused rollout by another",
    settings: UNHURRIED,
    play: async (stage) => {
      expectEnd(await pauseAt10(stage), 7);
      expectEnd(await command(stage, "deploy"), 7);
      return command(stage, "deploy", "--roll-forward", "the same, once more");
    },
    end: { exitCode: 0, says: "is taken back", serves: "candidate" },
  },
  {
    name: "a person tries an aborted rollout again",
    candidate: { switched: true },
    play: async (stage) => {
      await stage.put({ unhealthy: true });
      expectEnd(await stage.delivery(), 3);
      await stage.put({});
      return command(stage, "retry");
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a person adopts what was there before delivery, and rolls back to it",
    isFirst: true,
    play: async (stage) => {
      await deliverAfterAdoption(stage, stage.apiKey);
      return command(stage, "rollback");
    },
    end: { exitCode: 0, serves: "other" },
  },
  {
    name: "a person adopts what was there before delivery, and rolls back to it past another secret",
    isFirst: true,
    play: async (stage) => {
      await deliverAfterAdoption(stage, "a key of former days");
      const refused = await command(stage, "rollback");
      expectEnd(refused, 2);
      if (!refused.stderr.includes("--with-old-secrets")) throw new Error(refused.stderr);
      return command(stage, "rollback", "--with-old-secrets", "they still work");
    },
    end: { exitCode: 0, serves: "other" },
  },
];
