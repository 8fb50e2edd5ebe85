/**
 * npm run dev: the app with hot reload, and around it a local cloud with a database and an inbox, until Ctrl-C.
 * What is in them stays in .local-cloud/dev; delete the folder to begin anew.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { CloudFailed, runOrFail, startCloud, type Cloud } from "rehearsals";

const PROJECT = join(import.meta.dirname, "..");
const DATA = join(PROJECT, ".local-cloud", "dev");
const BIN = join(PROJECT, "node_modules", ".bin");
const DATABASE = "fm5-development";
/** Not those of `npm start`, which may run beside it. */
const PORTS = [8720, 8721, 8722] as const;
const APP_PORT = 5173;

process.exitCode = await main();

async function main(): Promise<number> {
  const hidden = [".dev.vars", ".dev.vars.staging"].find((name) => existsSync(join(PROJECT, name)));
  if (hidden !== undefined) {
    console.error(
      `dev: ${hidden} would hide the settings of the local cloud. Move it away, then start again.`,
    );
    return 2;
  }
  // A terminal sends Ctrl-C to Vite too, whose end is waited for; the cloud ends last.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  console.error("dev: starting the local cloud …");
  try {
    const cloud = await startCloud({
      project: PROJECT,
      dataDir: DATA,
      ports: PORTS,
      databases: [DATABASE],
      buckets: [],
    });
    try {
      return await develop(cloud);
    } finally {
      await cloud.stop();
    }
  } catch (error) {
    if (!(error instanceof CloudFailed)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

async function develop({ ready }: Cloud): Promise<number> {
  const database = ready.databases[DATABASE];
  if (database === undefined) throw new Error("The local cloud has started without its database");
  const migrate = { XATA_DATABASE_URL: database.directUrl, CHECKPOINT_DISABLE: "1" };
  await runOrFail({
    argv: [join(BIN, "prisma"), "migrate", "deploy"],
    cwd: PROJECT,
    env: { ...process.env, ...migrate },
  });
  console.error(`
  FM5        http://localhost:${APP_PORT}/   (or the port that Vite tells below, when it is taken)
  Inbox      ${ready.inboxUrl}
  Database   ${database.directUrl}
  Files      ${join(DATA, "worker")}

  Mail to example.com and other reserved domains is never sent; anything@resend.dev arrives in the inbox.
  Ctrl-C stops all of it.
`);
  const vite = spawn(join(BIN, "vite"), ["dev", "--port", String(APP_PORT)], {
    cwd: PROJECT,
    stdio: "inherit",
    env: { ...process.env, ...settings(database.url), ...plainEnv(new URL(ready.apiBaseUrl).origin) },
  });
  const stop = () => vite.kill("SIGTERM");
  process.on("SIGTERM", stop);
  const exitCode = await new Promise<number>((resolve) => vite.once("exit", (code) => resolve(code ?? 0)));
  process.off("SIGTERM", stop);
  return exitCode;
}

/** The Worker's secrets: the same each time, so that sessions outlive a restart. They protect nothing but this folder. */
function settings(databaseUrl: string): Readonly<Record<string, string>> {
  return {
    XATA_DATABASE_URL: databaseUrl,
    JWT_SECRET: "only for development: encrypts keys of JWTs",
    BETTER_AUTH_SECRET: "only for development: signs session cookies",
    RESEND_API_KEY: "re_only_for_development",
  };
}

function plainEnv(apiOrigin: string): Readonly<Record<string, string>> {
  return {
    // Vars and bindings of staging; the names of its secrets are taken from the environment.
    CLOUDFLARE_ENV: "staging",
    CLOUDFLARE_INCLUDE_PROCESS_ENV: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    FM5_DEV_STATE: join(DATA, "worker"),
    FM5_DEV_RESEND_URL: `${apiOrigin}/resend`,
  };
}
