import type { Response as RuntimeResponse } from "miniflare";
import { afterAll, beforeAll } from "vitest";
import { type DatabaseUnderTest, startDatabase } from "../support/database.ts";
import { type FailingBucket, failingBucket } from "../support/failing-bucket.ts";
import { startWorker, type WorkerSettings, type WorkerUnderTest } from "../support/worker.ts";

/** What all tests of accounts share: one database, one Worker, and others on the same database that start when they are asked for. */
export interface AccountsStage {
  readonly database: DatabaseUnderTest;
  readonly worker: WorkerUnderTest;
  /** With a new JWT_SECRET, and a NODE_ENV of development. */
  readonly withNewJwtSecret: () => Promise<WorkerUnderTest>;
  /** With a new BETTER_AUTH_SECRET, and a NODE_ENV of production. */
  readonly withNewAuthSecret: () => Promise<WorkerUnderTest>;
  /** Whose bucket and whose Resend fail when they are told to. */
  readonly disturbed: () => Promise<Disturbed>;
}

interface Disturbed {
  readonly worker: WorkerUnderTest;
  readonly bucket: FailingBucket;
  /** How Resend answers from now on; undefined for well. */
  readonly answerMails: (answer: (() => RuntimeResponse | undefined) | undefined) => void;
}

const RENEWED = "a-renewed-secret-of-more-than-32-characters";

/** Opens the stage before the first test, and closes it after the last. */
export function openStage(): AccountsStage {
  const closing: (() => unknown)[] = [];
  let database: DatabaseUnderTest | undefined;
  let worker: WorkerUnderTest | undefined;

  const start = async (settings: Pick<WorkerSettings, "overrides" | "resend">) => {
    const databaseUrl = opened(database).url;
    const started = await startWorker({
      env: "staging",
      databaseUrl,
      ...settings,
    });
    closing.push(() => started.stop());
    return started;
  };

  const startDisturbed = async (): Promise<Disturbed> => {
    const bucket = await failingBucket();
    closing.push(() => bucket.stop());
    let answer: (() => RuntimeResponse | undefined) | undefined;
    return {
      worker: await start({ overrides: bucket.settings, resend: () => answer?.() }),
      bucket,
      answerMails: (next) => (answer = next),
    };
  };

  beforeAll(async () => {
    database = await startDatabase();
    worker = await start({});
  });

  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await database?.stop();
  });

  return {
    get database() {
      return opened(database);
    },
    get worker() {
      return opened(worker);
    },
    withNewJwtSecret: once(() => start({ overrides: { JWT_SECRET: RENEWED, NODE_ENV: "development" } })),
    withNewAuthSecret: once(() =>
      start({ overrides: { BETTER_AUTH_SECRET: RENEWED, NODE_ENV: "production" } }),
    ),
    disturbed: once(startDisturbed),
  };
}

/** A visitor's cookies as a header, to be sent from elsewhere. */
export function cookieOf({ cookies }: { readonly cookies: ReadonlyMap<string, string> }): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The stage isn't open yet");
  return value;
}
