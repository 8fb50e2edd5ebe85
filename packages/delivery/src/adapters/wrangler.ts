import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { getCompileCacheDir } from "node:module";
import { stripVTControlCharacters } from "node:util";
import * as z from "zod";
import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import type { Uploader, UploadRequest } from "../ports.ts";
import { unpackArchive } from "../release/archive.ts";
import type { Secret } from "../secrets/secret.ts";
import { ending, type AtEnd } from "./ending.ts";
import { run, type RunResult } from "./run.ts";
import { startInheritProxy } from "./inherit-proxy.ts";
import { parseRawWorkerConfig, type RawWorkerConfig, workerConfigOf } from "./worker-config.ts";
import { wranglerBin } from "./wrangler-package.ts";

/** A record of wrangler's own log. @see https://developers.cloudflare.com/workers/wrangler/system-environment-variables/ (WRANGLER_OUTPUT_FILE_PATH) */
const recordSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("version-upload"), version_id: z.string().nullable() }),
  z.object({ type: z.literal("deploy"), version_id: z.string().nullable() }),
  z.object({
    type: z.literal("command-failed"),
    message: z.string(),
    /** Cloudflare's own, where it was Cloudflare that refused. */
    code: z.union([z.number(), z.string()]).optional(),
  }),
]);
type WranglerRecord = z.infer<typeof recordSchema>;

/** What no request may reach while a first version is unproven: everything that gives a Worker an address. */
const TRIGGERS = ["route", "routes", "triggers"] as const;

interface Labels {
  readonly env: string;
  readonly tag: string;
  readonly message: string;
}

/** Argv of each command, as values. */
const wranglerArgv = {
  uploadVersion: (labels: Labels, secretsFile: string) => [
    "versions",
    "upload",
    ...labelled(labels, secretsFile),
  ],
  uploadInheriting: (labels: Labels) => ["versions", "upload", ...labelled(labels)],
  createWorker: (labels: Labels, secretsFile: string) => ["deploy", ...labelled(labels, secretsFile)],
  applyTriggers: (env: string) => ["triggers", "deploy", "--env", env],
};

function labelled({ env, tag, message }: Labels, secretsFile?: string): readonly string[] {
  const labels = ["--env", env, "--tag", tag, "--message", message];
  return secretsFile === undefined ? labels : [...labels, "--secrets-file", secretsFile];
}

/** Hosts that no proxy of the user's stands in front of, this machine among them. */
function withoutProxy(inherited: Readonly<Record<string, string | undefined>>): string {
  return [inherited["NO_PROXY"], "127.0.0.1"].filter(Boolean).join(",");
}

/** wrangler as a child process, on a release unpacked into a temporary folder. `say` gets the lines of one that failed. */
export function createUploader(settings: Settings, say: (line: string) => void): Uploader {
  const execute = (request: Omit<Execution, "settings" | "say">) =>
    inTemporaryFolder((folder) => runWrangler(folder, { settings, say, ...request }));
  return {
    uploadVersion: (request) =>
      execute({
        request,
        argv: (secretsFile) => wranglerArgv.uploadVersion(labelsOf(request), secretsFile),
      }).then(uploadOf),
    uploadInheriting: async ({ inheritFrom, ...rest }) => {
      const request = { ...rest, secrets: [] };
      const proxy = await startInheritProxy(settings.cloudflare.apiBaseUrl, inheritFrom);
      try {
        const argv = () => wranglerArgv.uploadInheriting(labelsOf(request));
        const env = { CLOUDFLARE_API_BASE_URL: proxy.baseUrl, NO_PROXY: withoutProxy(settings.inherited) };
        return uploadOf(await execute({ request, argv, env }));
      } finally {
        await proxy.stop();
      }
    },
    createWorker: (request) =>
      execute({
        request,
        argv: (secretsFile) => wranglerArgv.createWorker(labelsOf(request), secretsFile),
        config: (raw) => withoutTriggers(raw, request.workerEnv),
        atEnd: "ended, may come late",
      }).then(uploadOf),
    applyTriggers: async (request) => {
      const argv = () => wranglerArgv.applyTriggers(request.workerEnv);
      const uploads = { ...request, secrets: [], message: "" };
      await execute({ request: uploads, argv, atEnd: "ended, may come late" });
    },
    declaredTriggers: async ({ release, workerEnv }) => {
      const { config } = settings.configuration.worker;
      const files = await unpackArchive(release.archive);
      const text = files.find(({ path }) => path === config)?.bytes.toString("utf8") ?? "";
      return workerConfigOf(parseRawWorkerConfig(config, text), workerEnv).triggers;
    },
  };
}

/** Where this process keeps compiled sources: wrangler's twelve megabytes then start in two thirds of the time. */
function sharedCompileCache(): { NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** wrangler hands it on to the process that does its work, which then collects no garbage while it loads: a fifth of its time. */
const NEW_SPACE = "--min-semi-space-size=64";

interface Execution {
  readonly settings: Settings;
  readonly say: (line: string) => void;
  readonly request: UploadRequest;
  readonly argv: (secretsFile: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Changes the release's configuration for this one command. */
  readonly config?: (raw: RawWorkerConfig) => RawWorkerConfig;
  /** A version that is uploaded late does no harm: nothing is routed to it. */
  readonly atEnd?: AtEnd;
}

/** It is gone when the work is done, or the process. */
async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function runWrangler(
  folder: string,
  { settings, say, request, argv, config, env = {}, atEnd = "ended" }: Execution,
): Promise<readonly WranglerRecord[]> {
  const work = join(folder, "release");
  for (const { path, bytes } of await unpackArchive(request.release.archive)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), bytes);
  }
  const configFile =
    config === undefined ? settings.configuration.worker.config : writeChanged(settings, work, config);
  const secretsFile = join(folder, "secrets.json");
  writeFileSync(secretsFile, JSON.stringify(revealed(request.secrets)), { mode: 0o600 });
  const outputFile = join(folder, "output.ndjson");
  await ending.mayBegin();
  const result = await run({
    atEnd,
    argv: [
      process.execPath,
      NEW_SPACE,
      wranglerBin(settings.root),
      ...argv(secretsFile),
      "--config",
      configFile,
    ],
    cwd: work,
    env: {
      ...sharedCompileCache(),
      ...settings.inherited,
      ...WRANGLER_ENVIRONMENT,
      WRANGLER_OUTPUT_FILE_PATH: outputFile,
      WRANGLER_LOG_PATH: join(folder, "logs"),
      ...env,
    },
  });
  if (result.exitCode !== 0) for (const line of linesOf(result.stderr)) say(`        wrangler: ${line}`);
  return checked(result, readRecords(outputFile));
}

const WRANGLER_ENVIRONMENT = {
  CI: "true",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  FORCE_COLOR: "0",
};

function writeChanged(settings: Settings, folder: string, change: NonNullable<Execution["config"]>): string {
  const { config: original } = settings.configuration.worker;
  const raw = parseRawWorkerConfig(original, readFileSync(join(folder, original), "utf8"));
  const changed = join(dirname(original), "wrangler.delivery.json");
  writeFileSync(join(folder, changed), JSON.stringify(change(raw)));
  return changed;
}

function readRecords(file: string): readonly WranglerRecord[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => recordSchema.safeParse(JSON.parse(line)).data ?? []);
}

function linesOf(text: string): readonly string[] {
  const lines = stripVTControlCharacters(text).split("\n");
  // The folder of its log is gone by now.
  return lines.filter((line) => line.trim() !== "" && !line.includes("Logs were written to"));
}

/** Cloudflare's code for a fault of its own. */
const INTERNAL_ERROR = 10_013;

function checked(
  { exitCode, signal, stderr, stdout }: RunResult,
  records: readonly WranglerRecord[],
): readonly WranglerRecord[] {
  if (exitCode === 0) return records;
  const failed = records.find((record) => record.type === "command-failed");
  throw new DeliveryError({
    code: "UPLOAD_FAILED",
    message: `wrangler failed: ${failed?.message.replaceAll(/\s+/gu, " ") ?? `exit ${exitCode ?? signal}`}`,
    hint: "Its own output is above.",
    // Whoever was refused has a code.
    retryable: failed !== undefined && (failed.code === undefined || failed.code === INTERNAL_ERROR),
    cause: `${stdout}\n${stderr}`,
  });
}

function uploadOf(records: readonly WranglerRecord[]): { readonly versionId: string } {
  const record = records.find(
    (candidate) => candidate.type === "version-upload" || candidate.type === "deploy",
  );
  if (record?.version_id) return { versionId: record.version_id };
  throw new DeliveryError({
    code: "UPLOAD_FAILED",
    message: "wrangler ended well but wrote no record of the version.",
    hint: "This delivery needs a wrangler that writes WRANGLER_OUTPUT_FILE_PATH.",
  });
}

function labelsOf({ release, workerEnv, message }: UploadRequest): Labels {
  return { env: workerEnv, tag: release.manifest.releaseId, message };
}

function withoutTriggers(raw: RawWorkerConfig, workerEnv: string): RawWorkerConfig {
  const environments = (raw["env"] ?? {}) as Readonly<Record<string, RawWorkerConfig>>;
  const own = { ...without(environments[workerEnv] ?? {}), workers_dev: false, preview_urls: true };
  return { ...without(raw), env: { ...environments, [workerEnv]: own } };
}

function without(section: RawWorkerConfig): RawWorkerConfig {
  return Object.fromEntries(
    Object.entries(section).filter(([key]) => !(TRIGGERS as readonly string[]).includes(key)),
  );
}

function revealed(secrets: readonly Secret[]): Readonly<Record<string, string>> {
  return Object.fromEntries(secrets.map((secret) => [secret.name, secret.reveal()]));
}
