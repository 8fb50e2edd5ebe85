import { openMigrationDatabase } from "../adapters/postgres.ts";
import { isLocalCloud } from "../config/local-cloud.ts";
import { begin } from "../begin.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import { bundleBytes } from "../gate/bundle.ts";
import { foldLedger } from "../ledger/fold.ts";
import { planMigrations } from "../migration/plan.ts";
import type { Release } from "../release/release.ts";
import {
  findSharedSecret,
  fingerprintsOf,
  secretsForWorker,
  type SecretsCheck,
} from "../secrets/contract.ts";
import type { Secret } from "../secrets/secret.ts";

/** What was found good before anything changes. */
export interface Preflight {
  readonly secrets: readonly Secret[];
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly pendingMigrations: readonly string[];
}

/**
 * Checks everything that can be checked without changing anything: access, secrets, migrations.
 * @throws {DeliveryError} with exit code 2; nothing has changed then.
 */
export async function preflight(
  context: Context,
  target: Target,
  options: { readonly release: Release; readonly allowContract: boolean },
): Promise<Preflight> {
  const { settings, platform } = context;
  refuseDirty(context, options.release);
  refuseOtherContract(context, target);
  await refuseLarge(target, options.release);
  const secrets = ready(secretsForWorker(settings.configuration.secrets, settings.secrets));
  const fingerprints = begin(uniqueFingerprints(context, target, secrets));
  await platform.verifyAccess(settings.configuration.releases.bucket);
  await fingerprints;
  const pendingMigrations = await pending(context, target, options);
  return { secrets, fingerprints: await fingerprints, pendingMigrations };
}

function ready(check: SecretsCheck): readonly Secret[] {
  if (check.kind === "ready") return check.secrets;
  throw new DeliveryError({ code: check.code, message: check.message, hint: check.hint });
}

/** A local cloud takes unclean builds, since trying them out is what it is for. */
function refuseDirty({ settings }: Context, { manifest }: Release): void {
  if (!manifest.dirty || isLocalCloud(settings)) return;
  throw new DeliveryError({
    code: "RELEASE_UNKNOWN",
    message: `${manifest.releaseId} was built from files that no commit has.`,
    hint: "Commit them and build again. Only a local cloud takes such a release.",
  });
}

/** @throws {DeliveryError} GATE_FAILED */
async function refuseLarge({ name, configuration }: Target, release: Release): Promise<void> {
  const { bundleBytes: limit } = configuration.gates;
  if (limit === undefined) return;
  const size = await bundleBytes(release);
  if (size <= limit) return;
  throw new DeliveryError({
    code: "GATE_FAILED",
    message: `${name}: the gate bundle stopped ${release.manifest.releaseId}: its modules have ${size} bytes, compressed; the limit is ${limit}. Nothing was changed.`,
    hint: "npx wrangler deploy --dry-run --outdir DIRECTORY shows what is in the bundle. The limit is gates.bundleBytes.",
  });
}

/** wrangler's configuration and ours name the same secrets, or one of them is wrong. */
function refuseOtherContract({ settings }: Context, { worker, name }: Target): void {
  const ours = Object.entries(settings.configuration.secrets)
    .filter(([, { readers, required }]) => required && readers.includes("worker"))
    .map(([secret]) => secret);
  const theirs = worker.requiredSecrets;
  const missing = ours.filter((secret) => !theirs.includes(secret));
  const extra = theirs.filter((secret) => !ours.includes(secret));
  const [first] = [...missing, ...extra];
  if (first === undefined) return;
  const { config } = settings.configuration.worker;
  const where =
    missing.length > 0
      ? `delivery.config.ts requires ${first}, ${config}`
      : `${config} requires ${first}, delivery.config.ts`;
  throw new DeliveryError({
    code: "CONFIGURATION",
    message: `${where} doesn't (secrets.required of ${name}).`,
    hint: "Name the same required secrets in both.",
  });
}

/** @throws {DeliveryError} SECRET_SHARED when another environment serves with the same value. */
async function uniqueFingerprints(
  { settings, ledgers }: Context,
  target: Target,
  secrets: readonly Secret[],
): Promise<Readonly<Record<string, string>>> {
  if (settings.fingerprintKey === undefined) {
    throw new DeliveryError({
      code: "CONFIGURATION",
      message:
        "DELIVERY_FINGERPRINT_KEY is not set, so it can't be told whether environments share a secret.",
      hint: "Make one for the repository (openssl rand -hex 32) and keep it in CI and with the operators.",
    });
  }
  const own = fingerprintsOf(secrets, settings.fingerprintKey);
  const names = Object.keys(settings.configuration.environments).filter((name) => name !== target.name);
  const others = await Promise.all(
    names.map(
      async (name) => [name, foldLedger((await ledgers.read(name)).entries).current?.secrets ?? {}] as const,
    ),
  );
  const shared = findSharedSecret(settings.configuration.secrets, own, new Map(others));
  if (shared) ready(shared);
  return own;
}

async function pending(
  { settings }: Context,
  target: Target,
  { release, allowContract }: { readonly release: Release; readonly allowContract: boolean },
): Promise<readonly string[]> {
  if (target.configuration.database === undefined) return [];
  const database = await openMigrationDatabase(databaseDsn(settings.secrets, target));
  try {
    const plan = planMigrations(release.manifest.migrations, await database.applied(), { allowContract });
    if (plan.kind === "apply") return plan.names;
    throw new DeliveryError({ code: "MIGRATION_REFUSED", message: plan.message, hint: plan.hint });
  } finally {
    await database.close();
  }
}

/** @throws {DeliveryError} CONFIGURATION */
export function databaseDsn(secrets: ReadonlyMap<string, Secret>, target: Target): Secret {
  const name = target.configuration.database?.urlFrom ?? "";
  const dsn = secrets.get(name);
  if (dsn !== undefined && !dsn.isEmpty) return dsn;
  throw new DeliveryError({
    code: "SECRET_MISSING",
    message: `${name} is not set: it holds the DSN for the migrations of ${target.name}.`,
    hint: "Set it to the direct PostgreSQL address of the database, not to the pooled one.",
  });
}
