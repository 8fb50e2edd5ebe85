import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import process from "node:process";
import * as z from "zod";
import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import type { ReleaseId } from "../ids.ts";
import { packArchive, sha256, type ArchivedFile } from "../release/archive.ts";
import type { ReleaseManifest } from "../release/manifest.ts";
import { migrationPhase } from "../release/migration-phase.ts";
import type { Release } from "../release/release.ts";
import { createSbom } from "../release/sbom.ts";
import { run } from "./run.ts";
import { readRawWorkerConfig, workerConfigOf, type WorkerConfig } from "./worker-config.ts";
import { wranglerVersion } from "./wrangler-package.ts";

interface BuiltCommit {
  readonly id: ReleaseId;
  readonly commit: string;
  readonly dirty: boolean;
  readonly committedAt: Date;
}

/** Local secrets: the build would put them into the release. */
const LOCAL_SECRETS = /^\.dev\.vars(?:\..+)?$/u;

/**
 * Runs the project's build and packs what it made.
 * @throws {DeliveryError} BUILD_FAILED, CONFIGURATION
 */
export async function collectRelease(settings: Settings, built: BuiltCommit): Promise<Release> {
  const { root, configuration } = settings;
  refuseLocalSecrets(root);
  const wrangler = wranglerVersion(root);
  await build(settings);
  const worker = workerOf(settings);
  const configFile = configuration.worker.config;
  const base = posix.dirname(configFile);
  const modules = filesBelow(root, posix.join(base, worker.mainFolder));
  const assets =
    worker.assetsFolder === undefined ? [] : filesBelow(root, posix.join(base, worker.assetsFolder));
  const migrations =
    configuration.releases.migrations === undefined
      ? []
      : filesBelow(root, configuration.releases.migrations);
  if (modules.length === 0) throw missingBuild(worker.mainFolder);
  const config = { path: configFile, bytes: readFileSync(join(root, configFile)) };
  const archive = await packArchive([config, ...modules, ...assets, ...migrations]);
  const sbom = sbomOf(settings, built, sha256(archive));
  const manifest: ReleaseManifest = {
    schema: 1,
    releaseId: built.id,
    commit: built.commit,
    dirty: built.dirty,
    archive: { sha256: sha256(archive), sizeBytes: archive.byteLength },
    sbom: { sha256: sha256(sbom), sizeBytes: sbom.byteLength },
    modules: modules.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) })),
    assets: assets.map(({ path, bytes }) => ({ path, sha256: sha256(bytes), sizeBytes: bytes.byteLength })),
    compatibilityDate: worker.compatibilityDate,
    migrations: migrations.filter(isMigration).map(describeMigration),
    requiredSecrets: requiredSecrets(settings),
    health: { path: configuration.worker.healthPath },
    builtBy: { node: process.version, wrangler },
  };
  return { manifest, archive, sbom };
}

function sbomOf({ root, configuration }: Settings, built: BuiltCommit, archiveSha256: string): Buffer {
  const { id: releaseId, commit, committedAt } = built;
  const bundled = configuration.releases.packages?.flatMap((file) => bundledPackages(root, file));
  const lockfile = readJson(join(root, "package-lock.json"));
  return createSbom({ releaseId, commit, committedAt, archiveSha256, lockfile, bundled });
}

function bundledPackages(root: string, file: string): readonly string[] {
  const listed = z.array(z.string()).safeParse(readJson(join(root, file)));
  if (listed.success) return listed.data;
  throw new DeliveryError({
    code: "BUILD_FAILED",
    message: `The build left no list of packages in ${file}, which releases.packages names.`,
    hint: 'It must be a JSON array of folders, such as ["node_modules/zod"]. Without releases.packages all production dependencies are listed.',
  });
}

/** Undefined where the file isn't there. */
function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

async function build({ root, configuration, inherited }: Settings): Promise<void> {
  const argv = configuration.releases.build;
  const result = await run({ argv, cwd: root, env: { ...inherited, NODE_ENV: "production" } }).catch(
    (error: unknown) => {
      throw buildFailed(`can't be started: ${error instanceof Error ? error.message : String(error)}`, argv);
    },
  );
  if (result.exitCode === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  throw buildFailed(`ended with ${result.exitCode ?? result.signal}`, argv);
}

function workerOf({ root, configuration }: Settings): WorkerConfig {
  const [environment] = Object.values(configuration.environments);
  const raw = readRawWorkerConfig(join(root, configuration.worker.config));
  return workerConfigOf(raw, environment?.workerEnv ?? "");
}

function requiredSecrets({ configuration }: Settings): string[] {
  const named = Object.entries(configuration.secrets).filter(
    ([, { readers, required }]) => required && readers.includes("worker"),
  );
  return named.map(([name]) => name).sort();
}

/** Every file below a folder of the project, by its path in the project. */
function filesBelow(root: string, folder: string): readonly ArchivedFile[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  const paths = readdirSync(start, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (LOCAL_SECRETS.test(entry.name)) throw localSecrets(path);
    return statSync(path).isFile() ? [path] : [];
  });
  return paths.map((path) => ({
    path: relative(root, path).split(sep).join("/"),
    bytes: readFileSync(path),
  }));
}

function isMigration({ path }: ArchivedFile): boolean {
  return posix.basename(path) === "migration.sql";
}

function describeMigration({ path, bytes }: ArchivedFile): ReleaseManifest["migrations"][number] {
  return {
    name: posix.basename(posix.dirname(path)),
    sha256: sha256(bytes),
    phase: migrationPhase(bytes.toString("utf8")),
  };
}

function refuseLocalSecrets(root: string): void {
  const found = readdirSync(root).find((name) => LOCAL_SECRETS.test(name));
  if (found !== undefined) throw localSecrets(join(root, found));
}

function localSecrets(path: string): DeliveryError {
  return new DeliveryError({
    code: "BUILD_FAILED",
    message: `${path} would put local secrets into the release.`,
    hint: "Move it out of the project for the build, for example into your shell's environment.",
  });
}

function missingBuild(folder: string): DeliveryError {
  return new DeliveryError({
    code: "BUILD_FAILED",
    message: `The build made nothing in ${folder}, which wrangler's configuration names as main.`,
    hint: "Check releases.build in delivery.config.ts and main in wrangler's configuration.",
  });
}

function buildFailed(what: string, argv: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "BUILD_FAILED",
    message: `The build (${argv.join(" ")}) ${what}.`,
    hint: "Its output is above. Nothing was packed.",
  });
}
