import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { openShop, run, type Finished, type Shop } from "rehearsals";
import { git, temporaryFolder } from "testkit";
import { ratioAtLeast, ratioAtMost, type BenchLine } from "./line.ts";
import { median } from "./median.ts";

const WRANGLER = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "wrangler");
const ROUNDS = 5;
const POLL_MS = 5;
const PATIENCE_MS = 30_000;
const MANY_ENTRIES = 1000;
const FIRST = "goods of the first day";

/** The ledgers of the environments: production's has nothing but what is timed. */
const LONG = "staging";
const SHORT = "production";

/** Delivery has this environment of the same Worker, wrangler the other. */
const BY_DELIVERY = "staging";
const BY_WRANGLER = "production";

/**
 * A delivery and a rollback against wrangler's own, each from the command's start to the first answer by what it brought,
 * and appends to a short and a long ledger. Medians.
 */
export async function benchDelivery(): Promise<readonly BenchLine[]> {
  const shop = await openShop();
  try {
    const config = shop.read("delivery.config.ts");
    shop.write(
      "delivery.config.ts",
      config.replace(/rollout: \{[^}]*\}/u, "rollout: { steps: [0, 100], soakMs: 0 }"),
    );
    shop.commit("no soak");
    await succeeded(shop.delivery(["deploy", BY_DELIVERY]));
    await succeeded(wrangler(shop, ["deploy", "--secrets-file", secretsFile()]));
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) rounds.push(await measureRound(shop, round));
    const of = (key: keyof Round) => median(rounds.map((round) => round[key]));
    const deploys = { value: of("deliveryDeploy"), peer: of("wranglerDeploy"), unit: "ms" };
    const rollbacks = { value: of("wranglerRollback"), peer: of("deliveryRollback"), unit: "ms" };
    return [
      ratioAtMost("delivery deploy, against wrangler deploy", deploys, 1.5),
      ratioAtLeast("wrangler rollback, against delivery rollback", rollbacks, 3),
      await benchAppends(shop),
    ];
  } finally {
    await shop.stop();
  }
}

/** Milliseconds. */
interface Round {
  readonly deliveryDeploy: number;
  readonly wranglerDeploy: number;
  readonly deliveryRollback: number;
  readonly wranglerRollback: number;
}

/** Delivers a change both ways, then returns to the first day's goods, whose version has served a moment ago. */
async function measureRound(shop: Shop, round: number): Promise<Round> {
  const goods = `goods of round ${round}`;
  shop.write("dist/index.mjs", shop.read("dist/index.mjs").replace(/goods of [^\\]+/u, goods));
  shop.commit(goods);
  const before = await servingVersion(shop);
  const deliveryDeploy = await timed(shop, [BY_DELIVERY, goods], () =>
    shop.delivery(["deploy", BY_DELIVERY]),
  );
  const wranglerDeploy = await timed(shop, [BY_WRANGLER, goods], () => wrangler(shop, ["deploy"]));
  const deliveryRollback = await timed(shop, [BY_DELIVERY, FIRST], () =>
    shop.delivery(["rollback", BY_DELIVERY]),
  );
  const wranglerRollback = await timed(shop, [BY_WRANGLER, FIRST], () =>
    wrangler(shop, ["rollback", before, "--yes", "--message", "bench"]),
  );
  return { deliveryDeploy, wranglerDeploy, deliveryRollback, wranglerRollback };
}

/** From the command's start to the first answer with these goods. */
async function timed(
  shop: Shop,
  [environment, goods]: readonly ["staging" | "production", string],
  command: () => Promise<Finished>,
): Promise<number> {
  const startedAtMs = performance.now();
  const finished = succeeded(command());
  // It is awaited below, where a failure is told.
  finished.catch(() => undefined);
  while (!(await shop.visit(environment)).body.startsWith(goods)) {
    if (performance.now() - startedAtMs > PATIENCE_MS) {
      await finished;
      throw new Error(`${environment} does not serve ${goods}`);
    }
    await sleep(POLL_MS);
  }
  const tookMs = performance.now() - startedAtMs;
  await finished;
  return tookMs;
}

async function servingVersion({ cloud: { ready } }: Shop): Promise<string> {
  const path = `accounts/${ready.accountId}/workers/scripts/shop-${BY_WRANGLER}/deployments`;
  const response = await fetch(`${ready.apiBaseUrl}/${path}`, {
    headers: { authorization: `Bearer ${ready.apiToken}` },
  });
  const { result } = (await response.json()) as {
    result: { deployments: { versions: { version_id: string }[] }[] };
  };
  return result.deployments[0]?.versions[0]?.version_id ?? "";
}

/** What a hold on an environment takes when its ledger is short, and when it has a thousand entries: in turn, so that whatever else the machine does slows both. */
async function benchAppends(shop: Shop): Promise<BenchLine> {
  for (const environment of [LONG, SHORT]) await hold(shop, environment);
  lengthen(shop);
  // Fetches what is new.
  await hold(shop, LONG);
  const long: number[] = [];
  const short: number[] = [];
  for (let round = 1; round <= 2 * ROUNDS; round += 1) {
    long.push(await hold(shop, LONG));
    short.push(await hold(shop, SHORT));
  }
  return ratioAtMost(
    `an append at ${MANY_ENTRIES} entries, against a short ledger`,
    { value: median(long), peer: median(short), unit: "ms" },
    1.25,
  );
}

async function hold(shop: Shop, environment: string): Promise<number> {
  const startedAtMs = performance.now();
  await succeeded(shop.delivery(["lock", environment, "bench"]));
  const tookMs = performance.now() - startedAtMs;
  await succeeded(shop.delivery(["unlock", environment]));
  return tookMs;
}

/** Repeats the ledger's last two entries, a hold and its end, straight in the remote. */
function lengthen(shop: Shop): void {
  const ref = `refs/delivery/${LONG}`;
  const { ledger } = shop.cloud;
  const entryOf = (commit: string) =>
    JSON.parse(git(ledger, "show", `${commit}:entry.json`)) as { readonly seq: number };
  const pair = [entryOf(`${ref}~1`), entryOf(ref)];
  const first = (pair[1]?.seq ?? 0) + 1;
  const commits = Array.from({ length: MANY_ENTRIES - first }, (_, index) => {
    const entry = JSON.stringify({ ...pair[index % 2], seq: first + index }, null, 2);
    const from = index === 0 ? `from ${git(ledger, "rev-parse", ref)}\n` : "";
    const author = "committer delivery <delivery@localhost> 1800000000 +0000\n";
    return `commit ${ref}\n${author}data 5\nbench\n${from}M 100644 inline entry.json\ndata ${Buffer.byteLength(entry)}\n${entry}\n`;
  });
  execFileSync("git", ["fast-import", "--quiet"], { cwd: ledger, input: commits.join("") });
}

function wrangler(shop: Shop, args: readonly string[]): Promise<Finished> {
  const env = { ...process.env, ...shop.env(BY_WRANGLER), CI: "true" };
  return run({ argv: [WRANGLER, ...args, "--env", BY_WRANGLER], cwd: shop.folder, env });
}

function secretsFile(): string {
  const file = join(temporaryFolder("bench-secrets"), "secrets.json");
  writeFileSync(file, JSON.stringify({ API_KEY: "the key of production" }), { mode: 0o600 });
  return file;
}

async function succeeded(command: Promise<Finished>): Promise<Finished> {
  const finished = await command;
  if (finished.exitCode !== 0)
    throw new Error(`a command ended with ${finished.exitCode}: ${finished.stderr}`);
  return finished;
}
