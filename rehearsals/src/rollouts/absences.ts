import { existsSync, renameSync } from "node:fs";
import { deliverWhile, expectDone } from "./deliver-while.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { routing } from "./wire.ts";

const PAUSE = { onInconclusive: "pause", soakMs: 600 } as const;

/** The git remote with the ledger is away while `work` goes on. */
async function withoutLedger<T>({ theatre: { shop } }: Stage, work: () => Promise<T>): Promise<T> {
  const { ledger } = shop.cloud;
  try {
    return await work();
  } finally {
    if (existsSync(`${ledger}.away`)) renameSync(`${ledger}.away`, ledger);
  }
}

function takeLedgerAway({ theatre: { shop } }: Stage): void {
  renameSync(shop.cloud.ledger, `${shop.cloud.ledger}.away`);
}

/** What a delivery rests on is away. */
export const absenceScenarios: readonly Scenario[] = [
  {
    name: "nobody visits, and a person is to decide",
    settings: PAUSE,
    visitorsPerSecond: 0,
    end: { exitCode: 7, says: "can't tell", serves: "both" },
  },
  {
    name: "the metrics are down, and a person is to decide",
    settings: PAUSE,
    play: async (stage) => {
      await stage.theatre.platform.addFault({ service: "analytics", effect: "error", status: 503 });
      return stage.delivery();
    },
    end: { exitCode: 7, says: "can't tell", serves: "both" },
  },
  {
    name: "the metrics are down, and the probes are to decide",
    play: async (stage) => {
      await stage.theatre.platform.addFault({ service: "analytics", effect: "reset" });
      return stage.delivery();
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "the git remote is away before a delivery",
    play: (stage) => stage.delivery(undefined, { DELIVERY_LEDGER_REMOTE: "/nowhere.git" }),
    end: { exitCode: 2, says: "can't be read", serves: "stable" },
  },
  {
    name: "the git remote goes away during the rollout, and is back for the next one",
    play: (stage) =>
      withoutLedger(stage, async () => {
        const cut = await deliverWhile(stage, "after", {
          is: routing("10"),
          act: () => takeLedgerAway(stage),
        });
        if (cut.exitCode !== 3 || !cut.stderr.includes("serves again"))
          throw new Error(`the delivery ended with ${cut.exitCode}: ${cut.stderr}`);
        const served = JSON.stringify(await stage.served());
        if (served.includes(",")) throw new Error(`${served} serves`);
        renameSync(`${stage.theatre.shop.cloud.ledger}.away`, stage.theatre.shop.cloud.ledger);
        return stage.delivery();
      }),
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "the git remote is away for a rollback",
    play: async (stage) => {
      expectDone(await stage.delivery());
      return stage.delivery(["rollback", stage.environment], { DELIVERY_LEDGER_REMOTE: "/nowhere.git" });
    },
    end: { exitCode: 0, says: "(inferred)", serves: "stable" },
  },
  {
    name: "the git remote is back after a rollback without it, and the next delivery makes up for it",
    play: async (stage) => {
      expectDone(await stage.delivery());
      const away = { DELIVERY_LEDGER_REMOTE: "/nowhere.git" };
      expectDone(await stage.delivery(["rollback", stage.environment], away));
      const next = await stage.delivery();
      expectDone(await stage.delivery(["audit", stage.environment]));
      return next;
    },
    end: { exitCode: 0, says: "recording the rollback", serves: "candidate" },
  },
  ...(["10", "100"] as const).map((step): Scenario => ({
    name: `the API goes away when ${step} % are routed, for longer than a delivery tries`,
    play: async (stage) => {
      const { platform } = stage.theatre;
      const down = { service: "api", effect: "error", status: 503 };
      const cut = await deliverWhile(stage, "before", {
        is: routing(step),
        act: () => platform.addFault(down),
      });
      await platform.endFaults();
      if (cut.exitCode !== 4 || !cut.stderr.includes("Look at once"))
        throw new Error(`the delivery ended with ${cut.exitCode}: ${cut.stderr}`);
      return stage.delivery();
    },
    end: { exitCode: 0, says: "is taken back", serves: "candidate" },
  })),
  {
    name: "visitors are answered, and the health page is not",
    play: async (stage) => {
      const { host } = stage;
      const down = { service: "edge", effect: "error", status: 503, path: "/health", host };
      await stage.theatre.platform.addFault(down);
      return stage.delivery();
    },
    end: { exitCode: 3, says: "the gate health@0 stopped", serves: "stable" },
  },
];
