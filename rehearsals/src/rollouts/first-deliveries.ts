import type { Scenario } from "./scenario.ts";

/** Deliveries to where nothing serves yet. */
export const firstScenarios: readonly Scenario[] = [
  {
    name: "a first delivery",
    isFirst: true,
    end: { exitCode: 0, says: "gate serving: pass", serves: "candidate" },
  },
  {
    name: "a first delivery of a release that is unhealthy",
    isFirst: true,
    candidate: { behaviour: { unhealthy: true } },
    end: { exitCode: 3, says: "nothing serves, as before", serves: "nothing" },
  },
  {
    name: "a first delivery of a release that is unhealthy once the domains are set",
    isFirst: true,
    candidate: { switched: true },
    play: (stage) => {
      stage.theatre.wire.once({
        when: "before",
        is: ({ path }) => path.endsWith("/schedules"),
        act: () => stage.put({ unhealthy: true }),
      });
      return stage.delivery();
    },
    end: { exitCode: 3, says: "nothing serves, as before", serves: "nothing" },
  },
  {
    name: "a first delivery that fails, and is made again",
    isFirst: true,
    candidate: { switched: true },
    play: async (stage) => {
      await stage.put({ unhealthy: true });
      const failed = await stage.delivery();
      if (failed.exitCode !== 3) throw new Error(`it ended with ${failed.exitCode}: ${failed.stderr}`);
      await stage.put({});
      return stage.delivery();
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a first delivery, and nothing to roll back to",
    isFirst: true,
    play: async (stage) => {
      await stage.delivery();
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 2, says: "no earlier release that was proven", serves: "candidate" },
  },
];
