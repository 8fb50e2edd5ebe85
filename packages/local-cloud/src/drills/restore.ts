import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Client } from "pg";
import { seededRandom } from "../random.ts";
import { startXata, type XataService } from "../services/xata/backend.ts";
import type { Drill } from "./drill.ts";

const DATABASE = "app";
const ASLEEP_AFTER_30 = { enabled: true, inactivityPeriodMinutes: 30 };
/** A restart or a kill comes after this many commits on average. */
const COMMITS_PER_INTERRUPTION = 20;

export interface RestoreReport {
  readonly commits: number;
  readonly kills: number;
  readonly restarts: number;
  readonly restores: number;
  /** Restores that gave something else than what was there at their instant, as sentences. */
  readonly wrong: readonly string[];
  readonly slowestRestoreMs: number;
}

/**
 * Commits one row after the other, noting the instant between each two, while PostgreSQL is killed and the service started
 * again at random; then restores random instants, and counts the rows of each.
 */
export async function restore(options: {
  readonly seed: number;
  readonly commits: number;
  readonly restores: number;
  readonly log: (line: string) => void;
}): Promise<RestoreReport> {
  const dataDir = await mkdtemp(join(tmpdir(), "restore-drill-"));
  const random = seededRandom(options.seed);
  const report = { kills: 0, restarts: 0, slowestRestoreMs: 0 };
  const wrong: string[] = [];
  /** `instants[n]` came after the nth commit and before the next. */
  const instants: string[] = [];
  let xata = await start(dataDir);
  await query(xata, mainOf(xata), "CREATE TABLE commits (n int)");
  instants.push(await now(xata));
  for (let n = 1; n <= options.commits; n += 1) {
    await query(xata, mainOf(xata), `INSERT INTO commits VALUES (${n})`);
    instants.push(await now(xata));
    if (random() * COMMITS_PER_INTERRUPTION >= 1) continue;
    if (random() < 0.5) {
      process.kill(xata.postgresPid, "SIGKILL");
      await xata.startPostgres();
      report.kills += 1;
    } else {
      await xata.stop();
      xata = await start(dataDir);
      report.restarts += 1;
    }
  }
  for (let done = 0; done < options.restores; done += 1) {
    const expected = Math.floor(random() * instants.length);
    const startedAtMs = performance.now();
    const found = await countAt(xata, instants[expected] ?? "");
    report.slowestRestoreMs = Math.max(report.slowestRestoreMs, Math.round(performance.now() - startedAtMs));
    if (found !== expected)
      wrong.push(`at ${instants[expected]} there were ${expected} rows, restored are ${found}`);
    options.log(`${done + 1} restores, ${wrong.length} wrong`);
  }
  await xata.stop();
  if (wrong.length === 0) await rm(dataDir, { recursive: true, force: true });
  else options.log(`the data folder is kept: ${dataDir}`);
  return { commits: options.commits, restores: options.restores, ...report, wrong };
}

async function start(dataDir: string): Promise<XataService> {
  return startXata({
    dataDir,
    host: "127.0.0.1",
    port: 0,
    databases: [DATABASE],
    log: () => "nobody reads it",
  });
}

function mainOf(xata: XataService): string {
  return xata.store.document.defaultBranchId;
}

async function query(
  xata: XataService,
  branchId: string,
  sql: string,
): Promise<Readonly<Record<string, unknown>>> {
  const client = new Client({ connectionString: xata.connectionUrl(branchId, DATABASE) });
  client.on("error", () => "the query's caller hears of it");
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function now(xata: XataService): Promise<string> {
  const { at } = await query(xata, mainOf(xata), "SELECT to_json(clock_timestamp())#>>'{}' AS at");
  return String(at);
}

/** How many rows a branch has that is restored to that instant. */
async function countAt(xata: XataService, targetTime: string): Promise<number> {
  const projectId = xata.store.document.projects[0]?.id ?? "";
  const details = { name: "then", projectId, scaleToZero: ASLEEP_AFTER_30, targetTime };
  const { id } = await xata.branches.restore(mainOf(xata), details);
  const { count } = await query(xata, id, "SELECT count(*)::int AS count FROM commits");
  await xata.branches.remove(id);
  return Number(count);
}

const COMMITS = 400;
const RESTORES = 40;

export const restoreDrill: Drill = {
  about: `${RESTORES} random instants among ${COMMITS} commits, with kills and restarts in between, are each restored exactly.`,
  run: async ({ seed, log }) => {
    const report = await restore({ seed, commits: COMMITS, restores: RESTORES, log });
    return { ok: report.wrong.length === 0, result: report };
  },
};
