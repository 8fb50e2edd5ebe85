import { setTimeout as sleep } from "node:timers/promises";
import type { Drill } from "local-cloud/drills";
import { openShop, type Shop } from "./shop.ts";

/** What a candidate does, and how its delivery must end. Stable fails one request in a hundred, and is quick. */
interface Scenario {
  readonly name: string;
  readonly candidate: { readonly errorRate: number; readonly waitMs: number };
  readonly visitorsPerSecond: number;
  readonly exitCode: number;
  /** Part of what is said. */
  readonly says: string;
  /** What serves at the end, by its day. */
  readonly serves: "stable" | "candidate" | "both";
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "errors in five of a hundred requests, where stable has one",
    candidate: { errorRate: 0.05, waitMs: 0 },
    visitorsPerSecond: 60,
    exitCode: 3,
    says: "of stable, more than 1.25 times",
    serves: "stable",
  },
  {
    name: "slow",
    candidate: { errorRate: 0.01, waitMs: 150 },
    visitorsPerSecond: 60,
    exitCode: 3,
    says: "ms of stable, more than 1.25 times",
    serves: "stable",
  },
  {
    name: "no visitors",
    candidate: { errorRate: 0.01, waitMs: 0 },
    visitorsPerSecond: 0,
    exitCode: 7,
    says: "can't tell",
    serves: "both",
  },
  {
    name: "as good as stable",
    candidate: { errorRate: 0.01, waitMs: 0 },
    visitorsPerSecond: 60,
    exitCode: 0,
    says: "",
    serves: "candidate",
  },
];

const ROLLOUT = 'rollout: { steps: [0, 50, 100], soakMs: 130_000, onInconclusive: "pause" }, gates: {}';
const GATE =
  "gate: { timeoutMs: 5_000, passes: 2, intervalMs: 50, soakIntervalMs: 2_000, metricsIntervalMs: 5_000, limits: { inconclusives: 2 } }";

export const rolloutsDrill: Drill = {
  about:
    "real wrangler, the edge's own metrics: candidates that fail or are slow are stopped, and who can't tell pauses",
  run: async ({ log }) => {
    const shop = await openShop();
    try {
      configure(shop);
      const outcomes = [];
      for (const [index, scenario] of SCENARIOS.entries()) {
        const problems = await rehearse(shop, { scenario, day: index + 2 });
        log(`${scenario.name}: ${problems.length === 0 ? "as expected" : problems.join("; ")}`);
        outcomes.push({ scenario: scenario.name, problems });
      }
      return { ok: outcomes.every(({ problems }) => problems.length === 0), result: outcomes };
    } finally {
      await shop.stop();
    }
  },
};

function configure(shop: Shop): void {
  const config = shop.read("delivery.config.ts");
  shop.write(
    "delivery.config.ts",
    config
      .replace(/rollout: \{ steps: \[0, 50, 100\], soakMs: 100 \}/u, ROLLOUT)
      .replace(/gate: \{[^}]*\}/u, GATE),
  );
  const worker = shop.read("dist/index.mjs");
  const goods = 'return new Response("goods of the first day\\n", { headers });';
  shop.write(
    "dist/index.mjs",
    worker
      .replace(goods, "return goods(headers);")
      .concat(
        "const DAY = 1, ERROR_RATE = 0.01, WAIT_MS = 0;\n",
        "async function goods(headers) {\n",
        '  if (Math.random() < ERROR_RATE) throw new Error("out of stock");\n',
        "  if (WAIT_MS > 0) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));\n",
        "  return new Response(`day ${DAY}`, { headers });\n}\n",
      ),
  );
}

async function rehearse(
  shop: Shop,
  { scenario, day }: { readonly scenario: Scenario; readonly day: number },
): Promise<readonly string[]> {
  await deliverStable(shop);
  change(shop, { day, ...scenario.candidate });
  const visitors = startVisitors(shop, scenario.visitorsPerSecond);
  const { exitCode, stderr } = await shop.delivery(["deploy", "staging"]);
  await visitors.stop();
  const days = await servedDays(shop);
  if (scenario.serves === "both") await shop.delivery(["abort", "staging", "the rehearsal is over"]);
  const expected = { stable: "1", candidate: String(day), both: `1,${day}` }[scenario.serves];
  return [
    ...(exitCode === scenario.exitCode
      ? []
      : [`exit code ${exitCode}, not ${scenario.exitCode}: ${stderr.slice(-600)}`]),
    ...(stderr.includes(scenario.says) ? [] : [`it doesn't say "${scenario.says}": ${stderr.slice(-600)}`]),
    ...(days === expected ? [] : [`day ${days} serves, not ${expected}`]),
  ];
}

/** Release 1, by one step: nobody is to wait for a soak of it. */
async function deliverStable(shop: Shop): Promise<void> {
  if ((await servedDays(shop)) === "1") return;
  change(shop, { day: 1, errorRate: 0.01, waitMs: 0 });
  const { exitCode, stderr } = await shop.delivery(["deploy", "staging"]);
  if (exitCode !== 0) throw new Error(`stable wasn't delivered: ${stderr}`);
}

function change(
  shop: Shop,
  { day, errorRate, waitMs }: { readonly day: number; readonly errorRate: number; readonly waitMs: number },
): void {
  const worker = shop.read("dist/index.mjs");
  const constants = `const DAY = ${day}, ERROR_RATE = ${errorRate}, WAIT_MS = ${waitMs};`;
  shop.write("dist/index.mjs", worker.replace(/const DAY = .*;/u, constants));
  shop.commit(`day ${day}`);
}

/** The days that visitors see, of a hundred of them. */
async function servedDays(shop: Shop): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => shop.visit("staging").catch(() => undefined)),
  );
  const days = answers.flatMap(
    (answer) => /^day (?<day>\d+)$/u.exec(answer?.body ?? "")?.groups?.["day"] ?? [],
  );
  return [...new Set(days)].toSorted().join(",");
}

function startVisitors(shop: Shop, perSecond: number): { stop(): Promise<void> } {
  const closing = new AbortController();
  const pending = new Set<Promise<unknown>>();
  const visit = (): void => {
    const one = shop.visit("staging").catch(() => undefined);
    pending.add(one);
    void one.then(() => pending.delete(one));
  };
  const coming = (async () => {
    while (!closing.signal.aborted) {
      for (let count = 0; count < perSecond / 10; count += 1) visit();
      await sleep(100);
    }
  })();
  return {
    stop: async () => {
      closing.abort();
      await coming;
      await Promise.all(pending);
    },
  };
}
