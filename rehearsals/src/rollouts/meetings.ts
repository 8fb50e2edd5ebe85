import type { Finished } from "../run.ts";
import { clockWrongBy, elsewhere } from "./beliefs.ts";
import { deliverWhile, expectDone } from "./deliver-while.ts";
import type { Scenario } from "./scenario.ts";
import { routing } from "./wire.ts";

const TERM_MS = 4000;

/** Deliveries that meet each other, and clocks that don't agree. */
export const meetingScenarios: readonly Scenario[] = [
  ...[-3, 3].map((hours): Scenario => ({
    name: `the machine's clock is ${Math.abs(hours)} hours ${hours < 0 ? "slow" : "fast"} for a delivery, and right for the rollback`,
    play: async (stage) => {
      expectDone(await stage.delivery(undefined, clockWrongBy(hours)));
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 0, serves: "stable" },
  })),
  {
    name: "a second delivery begins while one is running",
    play: async (stage) => {
      let second: Finished | undefined;
      const first = await deliverWhile(stage, "after", {
        is: routing("50"),
        act: async () => (second = await stage.delivery()),
      });
      if (second?.exitCode !== 5 || !second.stderr.includes("Another delivery to"))
        throw new Error(`the second one ended with ${second?.exitCode}: ${second?.stderr}`);
      return first;
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a rollback begins while a delivery is running",
    play: async (stage) => {
      let second: Finished | undefined;
      const first = await deliverWhile(stage, "after", {
        is: routing("50"),
        act: async () => (second = await stage.delivery(["rollback", stage.environment])),
      });
      if (second?.exitCode !== 5 || !second.stderr.includes("npx delivery abort"))
        throw new Error(`the rollback ended with ${second?.exitCode}: ${second?.stderr}`);
      return first;
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a delivery of another machine stands still at 50 %, is taken over, and comes back to life",
    settings: { termMs: TERM_MS },
    play: async (stage) => {
      const frozen = stage.start(undefined, elsewhere());
      stage.theatre.wire.once({
        when: "after",
        is: routing("50"),
        act: () => frozen.signal("SIGSTOP", "group"),
      });
      await frozen.said("routing 50 %");
      const second = await stage.delivery();
      frozen.signal("SIGCONT", "group");
      const first = await frozen.finished;
      if (first.exitCode !== 5 || !first.stderr.includes("taken over"))
        throw new Error(`the first one ended with ${first.exitCode}: ${first.stderr}`);
      return second;
    },
    end: { exitCode: 0, says: "taken over if it stands still", serves: "candidate" },
  },
];
