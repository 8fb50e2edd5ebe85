import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, type Random } from "../random.ts";
import { startCloudProcess, temporaryFolder, type CloudProcess } from "../testing/cloud-process.ts";
import type { Drill } from "./drill.ts";
import { emptyAccount, missing, prepare, WRITERS, type Account } from "./crash-writes.ts";

/** Acknowledged writes of a round before the kill: an instant that is as random on a slow machine as on a fast one. */
const MOST_WRITES = 200;
/** And this much later at most. */
const MOST_DELAY_MS = 40;

export interface CrashReport {
  readonly kills: number;
  /** Acknowledged writes by kind. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Writes that were under way when the kill came, by kind. */
  readonly interrupted: Readonly<Record<string, number>>;
  /** What was acknowledged and not there after a start, as sentences. */
  readonly lost: readonly string[];
  readonly slowestStartMs: number;
  /** Digest of the kills' instants: the same seed gives the same. */
  readonly schedule: string;
}

/**
 * Writes all kinds of things at once, kills the process with SIGKILL at a random instant, starts it again and looks for
 * everything that was acknowledged; so often. Stops early when something is lost or it doesn't start.
 */
export async function crash(options: {
  readonly seed: number;
  readonly kills: number;
  readonly log: (line: string) => void;
}): Promise<CrashReport> {
  const dataDir = temporaryFolder();
  const random = seededRandom(options.seed);
  const instants = Array.from({ length: options.kills }, () => instantOf(random));
  const account = emptyAccount();
  const lost: string[] = [];
  let slowestStartMs = 0;
  let kills = 0;
  let cloud = await start(dataDir);
  await prepare(cloud.ready, account);
  for (const instant of instants) {
    await writeUntilKilled(cloud, account, instant);
    kills += 1;
    const startedAt = performance.now();
    cloud = await start(dataDir);
    slowestStartMs = Math.max(slowestStartMs, Math.round(performance.now() - startedAt));
    lost.push(...(await missing(cloud.ready, account)));
    if (kills % 10 === 0) options.log(`${kills} kills, ${total(account)} writes, ${lost.length} lost`);
    if (lost.length > 0) break;
  }
  await cloud.end("SIGTERM");
  if (lost.length === 0) rmSync(dataDir, { recursive: true, force: true });
  else options.log(`the data folder is kept: ${dataDir}`);
  return {
    kills,
    acknowledged: account.acknowledged,
    interrupted: account.interrupted,
    lost,
    slowestStartMs,
    schedule: createHash("sha256").update(JSON.stringify(instants)).digest("hex").slice(0, 16),
  };
}

function start(dataDir: string): Promise<CloudProcess> {
  return startCloudProcess({ dataDir, args: ["--database", "app", "--api-rate-limit", "0"] });
}

interface Instant {
  readonly writes: number;
  readonly thenMs: number;
}

function instantOf(random: Random): Instant {
  return { writes: Math.floor(random() * MOST_WRITES), thenMs: Math.floor(random() * MOST_DELAY_MS) };
}

async function writeUntilKilled(cloud: CloudProcess, account: Account, instant: Instant): Promise<void> {
  const round = { isOver: false };
  const reached = total(account) + instant.writes;
  const killed = Promise.withResolvers<void>();
  const countAcknowledged = (kind: string) => {
    account.acknowledged[kind] = (account.acknowledged[kind] ?? 0) + 1;
    if (total(account) === reached) killed.resolve();
  };
  const writing = Object.entries(WRITERS).map(async ([kind, write]) => {
    while (!round.isOver) {
      try {
        await write(cloud.ready, account);
        countAcknowledged(kind);
      } catch (error) {
        if (!round.isOver) throw error;
        account.interrupted[kind] = (account.interrupted[kind] ?? 0) + 1;
      }
    }
  });
  const killing = async () => {
    if (instant.writes > 0) await killed.promise;
    await sleep(instant.thenMs);
    round.isOver = true;
    await cloud.end("SIGKILL");
  };
  await Promise.all([killing(), ...writing]);
}

function total({ acknowledged }: Account): number {
  return Object.values(acknowledged).reduce((sum, count) => sum + count, 0);
}

const KILLS = 200;

export const crashDrill: Drill = {
  about: `After SIGKILL at any of ${KILLS} random instants during writes it starts again, and everything acknowledged is there.`,
  run: async ({ seed, log }) => {
    const report = await crash({ seed, kills: KILLS, log });
    return { ok: report.kills === KILLS && report.lost.length === 0, result: report };
  },
};
