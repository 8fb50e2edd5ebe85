import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Log, LogLevel, Miniflare, Response as RuntimeResponse, type WorkerOptions } from "miniflare";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import { Agent } from "undici";
import { prepared } from "./prepared.ts";

interface Bucket {
  readonly binding: string;
  readonly bucket_name?: string;
}

type Environment = NonNullable<WorkerOptions["config"]["env"]>;

/** The Worker's environment by name; undefined leaves a binding out. */
export type Overrides = Readonly<Record<string, string | undefined>>;

export interface WorkerUnderTest {
  /** Asks the Worker as the edge would: `path` is completed to a URL on the Worker's own origin. Redirects are not followed. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** As `ask`, at any origin: the Worker sees its scheme and host. */
  readonly askAt: Miniflare["dispatchFetch"];
  readonly origin: string;
  /** Lines that the Worker logged, parsed where they are JSON. */
  readonly log: readonly unknown[];
  /** Requests to hosts on the internet, each of which was answered here. */
  readonly outbound: readonly string[];
  /** What Resend was asked to send, whatever it answered. */
  readonly mails: readonly SentMail[];
  /** Keys of what is in the Worker's bucket. */
  readonly storedKeys: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

export interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly idempotencyKey: string | null;
}

export interface WorkerSettings {
  readonly env: "staging" | "production";
  readonly databaseUrl: string;
  readonly overrides?: Overrides;
  /** Where R2 keeps its objects; a folder of the runtime's own by default. */
  readonly storageFolder?: string;
  /** What the version-metadata binding tells. */
  readonly version?: { readonly id: string; readonly tag: string };
  /** Answers api.resend.com; nothing for the usual answer, which is well. */
  readonly resend?: () => RuntimeResponse | undefined | Promise<RuntimeResponse | undefined>;
}

export const VERSION = { id: "5b0c8f2e-0000-4000-8000-000000000001", tag: "r-20261122T200000Z-89f96b9" };

export const SECRETS = {
  JWT_SECRET: "a-secret-for-tests-only-32-characters",
  BETTER_AUTH_SECRET: "another-secret-for-tests-only-32-chars",
  RESEND_API_KEY: "re_for_tests_only_00000000",
};

/** A runtime that answers before it has read all of a request closes the connection; the next request must not be on it. */
const ONE_REQUEST_EACH = new Agent({ pipelining: 0 });

/** Lets the Worker reach this machine; asks the test about any other host. */
const OUTBOUND = `
export default {
  fetch(request, env) {
    return new URL(request.url).hostname === "127.0.0.1" ? fetch(request) : env.INTERNET.fetch(request);
  },
};`;

/** Runs the built Worker in workerd with what wrangler.toml gives the environment, and with its static assets. */
export async function startWorker(settings: WorkerSettings): Promise<WorkerUnderTest> {
  const build = await prepared("build");
  const log: unknown[] = [];
  const outbound: string[] = [];
  const mails: SentMail[] = [];
  const miniflare = new Miniflare({
    cf: false,
    log: new Log(LogLevel.NONE),
    logRequests: false,
    handleStructuredLogs: ({ message }) => log.push(parsed(message)),
    ...(settings.storageFolder === undefined ? {} : { resourcePersistencePath: settings.storageFolder }),
    workers: [builtWorker(build, settings), outboundWorker(settings, { outbound, mails })],
  });
  const { origin } = await miniflare.ready;
  return {
    ask: (path, init) =>
      fetch(new URL(path, origin), {
        redirect: "manual",
        dispatcher: ONE_REQUEST_EACH,
        ...init,
      } as RequestInit),
    askAt: (url, init) => miniflare.dispatchFetch(url, init),
    origin,
    log,
    outbound,
    mails,
    storedKeys: async () => {
      const bucket = await miniflare.getR2Bucket("FILE_STORAGE", "worker");
      return (await bucket.list()).objects.map(({ key }) => key);
    },
    stop: () => miniflare.dispose(),
  };
}

function builtWorker(build: string, settings: WorkerSettings): WorkerOptions {
  const config = readWranglerConfig({ config: join(build, "wrangler.toml"), env: settings.env });
  return {
    config: {
      name: "worker",
      compatibilityDate: config.compatibility_date ?? "",
      compatibilityFlags: config.compatibility_flags,
      env: environmentOf(config, settings),
      manifest: {
        mainModule: "index.mjs",
        modulesRoot: "/",
        modules: modulesIn(join(build, ".output/server")),
      },
      assets: { directory: join(build, ".output/public"), hasUserWorker: true },
    },
    dev: { outboundService: { type: "worker", worker: "outbound" }, stripCfConnectingIp: false },
  };
}

function environmentOf(config: ReturnType<typeof readWranglerConfig>, settings: WorkerSettings): Environment {
  const texts = {
    ...config.vars,
    ...SECRETS,
    XATA_DATABASE_URL: settings.databaseUrl,
    ...settings.overrides,
  };
  const values = Object.entries(texts).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const buckets = config.r2_buckets.filter(({ binding }: Bucket) => !(binding in (settings.overrides ?? {})));
  return {
    ...Object.fromEntries(values.map(([name, value]) => [name, { type: "text", value }])),
    ...Object.fromEntries(
      buckets.map(({ binding, bucket_name: name = "" }: Bucket) => [binding, { type: "r2", name }]),
    ),
    [config.version_metadata?.binding ?? ""]: { type: "json", value: settings.version ?? VERSION },
  };
}

interface Seen {
  readonly outbound: string[];
  readonly mails: SentMail[];
}

function outboundWorker({ resend }: WorkerSettings, seen: Seen): WorkerOptions {
  const contents = OUTBOUND;
  return {
    config: {
      name: "outbound",
      compatibilityDate: "2026-10-01",
      manifest: {
        mainModule: "index.mjs",
        modulesRoot: "/",
        modules: { "index.mjs": { type: "esm", contents } },
      },
      env: {
        INTERNET: {
          type: "fetcher",
          handler: async (request) => {
            seen.outbound.push(`${request.method} ${request.url}`);
            const { hostname, pathname } = new URL(request.url);
            if (hostname !== "api.resend.com") return new RuntimeResponse(null, { status: 530 });
            const isMail = pathname === "/emails";
            const idempotencyKey = request.headers.get("idempotency-key");
            if (isMail) seen.mails.push({ ...((await request.json()) as SentMail), idempotencyKey });
            const usual = isMail ? { id: idempotencyKey } : { object: "list", data: [] };
            return (await resend?.()) ?? RuntimeResponse.json(usual);
          },
        },
      },
    },
  };
}

type Modules = NonNullable<WorkerOptions["config"]["manifest"]>["modules"];

function modulesIn(folder: string): Modules {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:mjs|js|wasm)$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [
      relative(folder, file),
      file.endsWith(".wasm")
        ? { type: "wasm" as const, contents: readFileSync(file) }
        : { type: "esm" as const, contents: readFileSync(file, "utf8") },
    ]),
  );
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}
