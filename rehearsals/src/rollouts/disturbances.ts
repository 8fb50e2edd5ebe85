import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "testkit";
import type { Finished } from "../run.ts";
import { deployByHand, openOtherWorker, putSecretByHand } from "./by-hand.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { routing, type Moment } from "./wire.ts";

/** Delivers while something happens at an exact moment. */
function deliverWhile(
  stage: Stage,
  when: Moment["when"],
  { is, act }: Pick<Moment, "is" | "act">,
): Promise<Finished> {
  stage.theatre.wire.once({ when, is, act });
  return stage.delivery();
}

/** Throws where something that a scenario relies on did not go well. */
function expectDone({ exitCode, stderr }: Finished): void {
  if (exitCode !== 0) throw new Error(`a command ended with ${exitCode}: ${stderr}`);
}

const PAUSE = { onInconclusive: "pause", soakMs: 600 } as const;

/** Others who deploy, or change secrets and domains, past delivery. */
export const foreignScenarios: readonly Scenario[] = [
  ...(["10", "50", "100"] as const).map((step): Scenario => ({
    name: `somebody deploys by hand after ${step} % were routed`,
    play: (stage) => deliverWhile(stage, "after", { is: routing(step), act: () => deployByHand(stage) }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  })),
  {
    name: "somebody deploys by hand at the instant in which 50 % are routed",
    play: (stage) => deliverWhile(stage, "before", { is: routing("50"), act: () => deployByHand(stage) }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  },
  {
    name: "somebody returns to stable by hand",
    play: async (stage) => {
      const { platform } = stage.theatre;
      const [stable = ""] = Object.keys((await platform.serving(stage.worker)) ?? {});
      const act = () =>
        stage.wrangler(["versions", "deploy", `${stable}@100%`, "--name", stage.worker, "--yes"]);
      return deliverWhile(stage, "after", { is: routing("50"), act });
    },
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "stable" },
  },
  {
    name: "somebody puts a secret by hand during the rollout",
    play: (stage) =>
      deliverWhile(stage, "after", { is: routing("10"), act: () => putSecretByHand(stage, "a key by hand") }),
    end: { exitCode: 6, says: "somebody deployed without delivery", serves: "other" },
  },
  {
    name: "somebody has put a secret by hand before a rollback",
    play: async (stage) => {
      expectDone(await stage.delivery());
      expectDone(await putSecretByHand(stage, "a key by hand"));
      const back = await stage.delivery(["rollback", stage.environment]);
      const { body } = await stage.visit("/key");
      if (body !== "a key by hand") throw new Error(`the key that serves is "${body}"`);
      return back;
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a secret has changed since the release that a rollback returns to",
    play: async (stage) => {
      const today = { API_KEY: "the key of today" };
      expectDone(await stage.delivery(undefined, today));
      const back = await stage.delivery(["rollback", stage.environment], today);
      const { body } = await stage.visit("/key");
      if (body !== today.API_KEY) throw new Error(`the key that serves is "${body}"`);
      return back;
    },
    end: { exitCode: 0, says: "secrets have changed since", serves: "stable" },
  },
  {
    name: "a hundred versions were uploaded since the release that a rollback returns to",
    play: async (stage) => {
      expectDone(await stage.delivery());
      await stage.theatre.platform.uploadVersions(stage.worker, 100);
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 0, says: "uploading it again", serves: "stable" },
  },
  {
    name: "somebody deploys other bytes under the right name, and a rollback undoes it",
    play: async (stage) => {
      expectDone(await stage.delivery());
      const { stdout } = await stage.delivery(["status", stage.environment, "--json"]);
      const [{ serving }] = JSON.parse(stdout) as [{ serving: [{ releaseId: string }] }];
      expectDone(await deployByHand(stage, { tag: serving[0].releaseId }));
      const looked = await stage.delivery(["status", stage.environment]);
      const refused = await stage.delivery();
      if (looked.exitCode !== 6 || refused.exitCode !== 6)
        throw new Error(`status ended with ${looked.exitCode}, a delivery with ${refused.exitCode}`);
      return stage.delivery(["rollback", stage.environment]);
    },
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "another Worker is given the candidate's domain during the rollout",
    candidate: { domains: ["late.shop.example.com"] },
    play: async (stage) => {
      let neighbour = "";
      const finished = await deliverWhile(stage, "after", {
        is: routing("100"),
        act: async () => (neighbour = await openOtherWorker(stage, "late.shop.example.com")),
      });
      const { body } = await stage.theatre.shop.visitHost("late.shop.example.com");
      await stage.theatre.platform.deleteWorker(neighbour);
      if (!body.endsWith(" 0")) throw new Error(`the domain was taken over: "${body}"`);
      return finished;
    },
    end: { exitCode: 3, says: "late.shop.example.com leads to another Worker", serves: "stable" },
  },
];

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

/** A module that makes a process believe something else of its machine. */
function believing(code: string): { readonly NODE_OPTIONS: string } {
  const file = join(temporaryFolder("belief"), "belief.mjs");
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--import=${file}` };
}

const HOUR_MS = 3_600_000;

/** The machine's clock is wrong by so many hours. */
export function clockWrongBy(hours: number): { readonly NODE_OPTIONS: string } {
  return believing(`const Right = Date;
const now = () => Right.now() + ${hours * HOUR_MS};
globalThis.Date = class extends Right {
  constructor(...args) { super(...(args.length === 0 ? [now()] : args)); }
  static now() { return now(); }
};
`);
}

/** A machine of another name, so that nobody can look whether its processes live. */
const ELSEWHERE = `import os from "node:os";
import { syncBuiltinESMExports } from "node:module";
os.hostname = () => "elsewhere";
syncBuiltinESMExports();
`;

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
      const frozen = stage.start(undefined, believing(ELSEWHERE));
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
