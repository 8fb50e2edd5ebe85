import type { Finished } from "../run.ts";
import { openOtherWorker } from "./by-hand.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { routing } from "./wire.ts";
import type { Behaviour } from "./worker.ts";

const STEPS = ["0", "10", "50", "100"] as const;

/** Lets the candidate change its ways just before it gets its share of the traffic. */
export function turnAt(stage: Stage, step: string, behaviour: Behaviour): void {
  stage.theatre.wire.once({ when: "before", is: routing(step), act: () => stage.put(behaviour) });
}

/** Delivers a candidate that does so. */
export function turnsAt(stage: Stage, step: string, behaviour: Behaviour): Promise<Finished> {
  turnAt(stage, step, behaviour);
  return stage.delivery();
}

/** Each gate that stops a candidate, at each step at which it can. */
export const gateScenarios: readonly Scenario[] = [
  { name: "all is well", end: { exitCode: 0, says: "gate serving: pass", serves: "candidate" } },
  ...STEPS.flatMap((step): readonly Scenario[] => [
    {
      name: `unhealthy from ${step} % on`,
      candidate: { switched: true },
      play: (stage) => turnsAt(stage, step, { unhealthy: true }),
      end: { exitCode: 3, says: `the gate health@${step} stopped`, serves: "stable" },
    },
    {
      name: `the visitor's way leads nowhere from ${step} % on`,
      candidate: { switched: true },
      settings: { visit: true },
      play: (stage) => turnsAt(stage, step, { wrong: true }),
      end: {
        exitCode: 3,
        says: new RegExp(`the gate health@${step} stopped .*goods`, "u"),
        serves: "stable",
      },
    },
    {
      name: `the project's own command fails at ${step} %`,
      settings: { commands: [["sh", "-c", `test "$DELIVERY_GATE" != health@${step}`]] },
      end: {
        exitCode: 3,
        says: new RegExp(`the gate health@${step} stopped .*exit code 1`, "u"),
        serves: "stable",
      },
    },
  ]),
  {
    name: "unhealthy once the domains are set",
    candidate: { switched: true },
    play: async (stage) => {
      const { wire } = stage.theatre;
      wire.once({
        when: "before",
        is: ({ path }) => path.endsWith("/schedules"),
        act: () => stage.put({ unhealthy: true }),
      });
      return stage.delivery();
    },
    end: { exitCode: 3, says: "the gate serving stopped", serves: "stable" },
  },
  {
    name: "answers after the time limit",
    candidate: { behaviour: { healthAfterMs: 4000 } },
    settings: { timeoutMs: 2500 },
    end: { exitCode: 3, says: "the gate health@0 stopped", serves: "stable" },
  },
  {
    name: "another version answers in its place",
    settings: { timeoutMs: 2500 },
    candidate: { behaviour: { claims: "6a2e5ba8-0000-4000-8000-000000000000" } },
    end: { exitCode: 3, says: "version 6a2e5ba8", serves: "stable" },
  },
  {
    name: "throws when it is loaded",
    candidate: { behaviour: { broken: true } },
    end: { exitCode: 3, says: "wrangler failed", serves: "stable" },
  },
  {
    name: "larger than it may be",
    settings: { bundleBytes: 100 },
    end: { exitCode: 3, says: "the gate bundle stopped", serves: "stable" },
  },
  {
    name: "its domain leads to another Worker",
    candidate: { domains: ["taken.shop.example.com"] },
    play: async (stage) => {
      const holder = await openOtherWorker(stage, "taken.shop.example.com");
      const finished = await stage.delivery();
      await stage.theatre.platform.deleteWorker(holder);
      return finished;
    },
    end: { exitCode: 2, says: "taken.shop.example.com leads to another Worker", serves: "stable" },
  },
];
