import { cpSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { runOrFail, startCloud } from "rehearsals";
import { temporaryFolder } from "testkit";
import { startBucket } from "./bucket.ts";
import { startWorkerd, type RunningWorker, type WorkerPlan } from "./workerd.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..");
const TEMPLATE = join(PROJECT, "bench", "template");
const BIN = join(PROJECT, "node_modules", ".bin");
const DATABASE = "fm5-bench";
const OWNER = { email: "bench@example.com", password: "only-for-the-benchmark" };

export const VARIANTS = 10_000;

/** The app and a bare template, each built and in a raw workerd; what they ask runs in other processes. */
export interface Stage {
  readonly app: RunningWorker;
  readonly appPlan: WorkerPlan;
  readonly template: RunningWorker;
  /** Headers of somebody who is signed in and has a shop with many variants. */
  readonly owner: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const closing: (() => Promise<unknown> | void)[] = [];
  const stop = async () => {
    for (const close of closing.toReversed()) await close();
  };
  try {
    await command([join(BIN, "prisma"), "generate"]);
    await command([join(BIN, "vite"), "build"]);
    const template = await buildTemplate((close) => closing.push(close));

    const dataDir = temporaryFolder("bench-app-cloud");
    closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const cloud = await startCloud({
      project: PROJECT,
      dataDir,
      ports: [0, 0, 0],
      databases: [DATABASE],
      buckets: [],
    });
    closing.push(() => cloud.stop());
    const database = cloud.ready.databases[DATABASE];
    if (database === undefined) throw new Error(`the local cloud has no database ${DATABASE}`);
    const { url, directUrl } = database;
    await command([join(BIN, "prisma"), "migrate", "deploy"], { XATA_DATABASE_URL: directUrl });
    const seed = ["--email", OWNER.email, "--password", OWNER.password, "--variants", String(VARIANTS)];
    await command([process.execPath, join(PROJECT, "scripts", "seed.ts"), ...seed], {
      DIRECT_DATABASE_URL: directUrl,
    });

    const bucket = await startBucket();
    closing.push(bucket.stop);
    const buckets = { FILE_STORAGE: bucket.port };
    const appPlan = {
      folder: join(PROJECT, ".output", "server"),
      texts: settings(url),
      values: { CF_VERSION_METADATA: { id: "bench", tag: "bench" } },
      buckets,
      hosts: { "https://api.resend.com": `${new URL(cloud.ready.apiBaseUrl).origin}/resend` },
    };
    const app = await startWorkerd(appPlan);
    closing.push(app.stop);
    const peer = await startWorkerd({ folder: template, texts: { XATA_DATABASE_URL: url }, buckets });
    closing.push(peer.stop);
    return { app, appPlan, template: peer, owner: await signIn(app), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settings(databaseUrl: string): Readonly<Record<string, string>> {
  return {
    NODE_ENV: "production",
    APP_ENV: "production",
    EMAIL_FROM: "FM5 <fm5@example.com>",
    JWT_SECRET: "only for benchmarks: encrypts keys of JWTs",
    BETTER_AUTH_SECRET: "only for benchmarks: signs session cookies",
    RESEND_API_KEY: "re_only_for_benchmarks",
    XATA_DATABASE_URL: databaseUrl,
  };
}

/** With the same plugins and the same packages as the app. */
async function buildTemplate(closing: (close: () => void) => void): Promise<string> {
  const folder = temporaryFolder("bench-template");
  closing(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(TEMPLATE, folder, { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  await command([join(BIN, "vite"), "build"], {}, folder);
  return join(folder, ".output", "server");
}

async function command(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = PROJECT,
): Promise<void> {
  const quiet = { CHECKPOINT_DISABLE: "1", CLOUDFLARE_CF_FETCH_ENABLED: "false", NODE_ENV: undefined };
  await runOrFail({ argv, cwd, env: { ...process.env, ...quiet, ...env } });
}

async function signIn({ origin }: RunningWorker): Promise<Readonly<Record<string, string>>> {
  const headers = { "content-type": "application/json", "cf-connecting-ip": "192.0.2.1", origin };
  const answer = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: "POST",
    headers,
    body: JSON.stringify(OWNER),
  });
  if (!answer.ok) throw new Error(`bench app: signing in was answered ${answer.status}`);
  const cookies = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
  return { origin, cookie: cookies.join("; ") };
}
