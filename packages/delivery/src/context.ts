import { join } from "node:path";
import process from "node:process";
import { systemClock } from "./adapters/clock.ts";
import { createPlatform } from "./adapters/cloudflare-api.ts";
import { ending } from "./adapters/ending.ts";
import { createGitLedger } from "./adapters/git-ledger.ts";
import { probeHttp } from "./adapters/http-probe.ts";
import { openJournal, type Journal } from "./adapters/journal.ts";
import { createReleaseStore, type ReleaseStore } from "./adapters/releases.ts";
import { run } from "./adapters/run.ts";
import { readRawWorkerConfig, workerConfigOf, type WorkerConfig } from "./adapters/worker-config.ts";
import { createUploader } from "./adapters/wrangler.ts";
import { environmentOf, loadSettings, type Settings } from "./config/load.ts";
import type { EnvironmentConfiguration } from "./config/schema.ts";
import { isUnavailable, type DeliveryError } from "./errors.ts";
import type { Owner } from "./ledger/owner.ts";
import { detachedSession, openLedger, type LedgerSession, type SessionParts } from "./ledger-session.ts";
import type { Clock, CommandRunner, HttpProbe, LedgerStore, Platform, Reporter, Uploader } from "./ports.ts";
import { createNotifier } from "./adapters/webhook.ts";
import { createReporter, type EndingReporter } from "./report/reporter.ts";

/** What every command has at hand. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly platform: Platform;
  readonly uploader: Uploader;
  readonly probe: HttpProbe;
  readonly run: CommandRunner;
  readonly ledgers: LedgerStore;
  readonly releases: ReleaseStore;
  readonly openJournal: (environment: string) => Journal;
  /** Who takes leases: this process, unless a test plays another one. */
  readonly owner?: Owner;
}

/** One environment, as the configuration and wrangler's know it. */
export interface Target {
  readonly name: string;
  readonly configuration: EnvironmentConfiguration;
  readonly worker: WorkerConfig;
}

/** @throws {DeliveryError} CONFIGURATION */
export async function createContext(root: string): Promise<Context & { readonly reporter: EndingReporter }> {
  const settings = await loadSettings(root);
  const clock = systemClock;
  const { eventsFile, summaryFile } = settings;
  const write = (text: string) => process.stderr.write(text);
  const reporter = createReporter({
    clock,
    eventsFile,
    summaryFile,
    notifier: createNotifier({ settings, clock, say: (line) => write(`        ${line}\n`) }),
    write,
    columns: () =>
      process.stderr.isTTY && settings.actor.kind !== "ci" ? process.stderr.columns : undefined,
  });
  let platform: Platform | undefined;
  const lazily = () => (platform ??= createPlatform(settings, clock));
  return {
    settings,
    clock,
    reporter,
    // Token and account are asked for by the first command that needs them.
    get platform() {
      return lazily();
    },
    uploader: createUploader(settings, (line) => reporter.say(line)),
    probe: probeHttp,
    run: async (argv, env) => {
      await ending.mayBegin();
      const result = await run({ argv, cwd: root, env: { ...settings.inherited, ...env } });
      return { exitCode: result.exitCode, output: `${result.stdout}\n${result.stderr}` };
    },
    ledgers: createGitLedger(settings),
    releases: createReleaseStore(settings, lazily),
    openJournal: (environment) => openJournal(settings.cacheDir, environment),
  };
}

/** @throws {DeliveryError} USAGE for an unknown environment, CONFIGURATION for one that wrangler's configuration lacks. */
export function targetOf({ settings }: Context, name: string): Target {
  const configuration = environmentOf(settings.configuration, name);
  const raw = readRawWorkerConfig(join(settings.root, settings.configuration.worker.config));
  return { name, configuration, worker: workerConfigOf(raw, configuration.workerEnv) };
}

/** What it takes to write to an environment's ledger. */
export function sessionParts(context: Context, environment: string): SessionParts {
  const { settings, ledgers: store, clock, reporter, owner } = context;
  const journal = context.openJournal(environment);
  return { settings, environment, store, journal, clock, reporter, ...(owner && { owner }) };
}

/** Runs `work` while this process holds the environment's lease. */
export async function withLease<T>(
  context: Context,
  environment: string,
  work: (ledger: LedgerSession) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger(sessionParts(context, environment));
  const released = ending.holding({ environment, release: () => ledger.release() });
  let result: T;
  try {
    result = await work(ledger);
  } catch (error) {
    // What went wrong is the news; a lease that can't be given back is taken over.
    await ledger.release().catch(() => undefined);
    released();
    throw error;
  }
  await giveBack(context, ledger);
  released();
  return result;
}

/** What was done stays done, whether or not the ledger hears that it is over. */
async function giveBack({ reporter }: Context, ledger: LedgerSession): Promise<void> {
  await ledger.release().catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    reporter.say(`        the lease was not given back: ${error.message} The next delivery takes it over.`);
  });
}

/**
 * As `withLease`; where the ledger can't be reached, without it: `detached` then says why.
 * Only for what can't wait and is found on the platform afterwards.
 */
export async function withLeaseIfReachable<T>(
  context: Context,
  environment: string,
  work: (ledger: LedgerSession, detached: DeliveryError | undefined) => Promise<T>,
): Promise<T> {
  const parts = sessionParts(context, environment);
  let detached: DeliveryError | undefined;
  const ledger = await openLedger(parts).catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    detached = error;
    return detachedSession(parts);
  });
  const released = ending.holding({ environment, release: () => ledger.release() });
  try {
    return await work(ledger, detached);
  } finally {
    await giveBack(context, ledger);
    released();
  }
}
