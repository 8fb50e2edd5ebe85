import { openMigrationDatabase } from "../adapters/postgres.ts";
import type { Context, Target } from "../context.ts";
import { DeliveryError } from "../errors.ts";
import type { NewEntry, Verdict } from "../ledger/entry.ts";
import type { UploadRequest } from "../ports.ts";
import type { LedgerSession } from "../ledger-session.ts";
import { posix } from "node:path";
import { unpackArchive } from "../release/archive.ts";
import type { Release } from "../release/release.ts";
import { replay, type RolloutCommand } from "../rollout/machine.ts";
import type { RolloutPlan } from "../rollout/plan.ts";
import { judgeChecks } from "./checks.ts";
import { type GateRequest, judgeHealth } from "./gate.ts";
import { databaseDsn, type Preflight } from "./preflight.ts";
import { watchMetrics } from "./metrics.ts";
import { deploymentMessage, ForeignDeployment, refuseMoved, routeTraffic } from "./route.ts";
import { newestDeployment } from "./serving.ts";
import { applyTriggers, restoreTriggers } from "./triggers.ts";
import { uploadOnce } from "./upload-once.ts";

/** One rollout with everything that its commands need. */
export interface Rollout {
  readonly context: Context;
  readonly target: Target;
  readonly ledger: LedgerSession;
  readonly plan: RolloutPlan;
  readonly release: Release;
  readonly checked: Preflight;
}

type Executable = Exclude<RolloutCommand, { kind: "end" }>;

/** Does what a command says, and returns what is to be recorded of it. */
export async function execute(rollout: Rollout, command: Executable): Promise<NewEntry> {
  const { plan, context } = rollout;
  const { rolloutId, releaseId } = plan;
  const entry = { rolloutId, releaseId };
  const say = (line: string) => context.reporter.say(`        ${line}`);
  switch (command.kind) {
    case "migrate":
      say(`migrating the database: ${plan.migrations.join(", ")}`);
      await migrate(rollout);
      return { ...entry, type: "migrated", schemaVersion: plan.migrations.at(-1) ?? null };
    case "upload":
      say("uploading the version with its secrets");
      return { ...entry, type: "uploaded", ...(await upload(rollout)) };
    case "route":
      say(`routing ${command.percentage} % to the candidate`);
      return { ...entry, type: "routed", ...(await route(rollout, command)) };
    case "judge": {
      const verdict = await judge(rollout, await candidateGate(rollout, command));
      say(`gate ${command.gate}: ${verdict.result}`);
      return { ...entry, type: "judged", versionId: command.versionId, verdict };
    }
    case "applyTriggers":
      await applyTriggers(context, rollout.target, rollout.release);
      return { ...entry, type: "triggers_applied" };
    case "verify": {
      const { gate, versionId } = command;
      const verdict = await judgeHealth(context, rollout.target, { gate, versionId, pinned: false });
      say(`gate ${gate}: ${verdict.result}`);
      return { ...entry, type: "judged", versionId, verdict };
    }
    case "pause":
      say(`pausing: ${command.reason}`);
      return { ...entry, type: "paused", reason: command.reason };
    case "prove":
      await proveBytes(rollout, command);
      return {
        ...entry,
        type: "proven",
        versionId: command.versionId,
        etag: command.etag,
        archiveSha256: plan.archiveSha256,
      };
    case "abort": {
      say(`aborting: ${command.reason}`);
      const returned = await returnToStable(rollout, command);
      await returnTriggers(rollout, command.triggers);
      return { ...entry, type: "aborted", reason: command.reason, ...returned };
    }
  }
}

/** Whether the candidate is well at all and does what visitors want of it comes before a soak of minutes. */
async function judge({ context, target }: Rollout, request: GateRequest): Promise<Verdict> {
  const { probes, gates } = target.configuration;
  if (probes.length + gates.commands.length === 0) return judgeHealth(context, target, request);
  const { soakMs: _, metrics: _metrics, ...atOnce } = request;
  const health = await judgeHealth(context, target, atOnce);
  if (health.result !== "pass") return health;
  const stopped = await judgeChecks(context, target, request);
  if (stopped) return stopped;
  return (request.soakMs ?? 0) === 0 ? health : judgeHealth(context, target, request);
}

async function migrate({ context, target, plan, release }: Rollout): Promise<void> {
  const files = new Map((await unpackArchive(release.archive)).map(({ path, bytes }) => [path, bytes]));
  const folder = context.settings.configuration.releases.migrations ?? "";
  const database = await openMigrationDatabase(databaseDsn(context.settings.secrets, target));
  try {
    for (const name of plan.migrations) {
      const described = release.manifest.migrations.find((migration) => migration.name === name);
      const sql = files.get(posix.join(folder, name, "migration.sql"))?.toString("utf8");
      if (described === undefined || sql === undefined)
        throw new Error(`the archive lacks the migration ${name}`);
      await database.apply({ name, sha256: described.sha256, sql });
    }
  } finally {
    await database.close();
  }
}

async function upload(
  rollout: Rollout,
): Promise<Pick<NewEntry, "versionId" | "etag" | "archiveSha256" | "secrets" | "percentages">> {
  const { context, target, plan, release, checked, ledger } = rollout;
  const { platform } = context;
  const { workerName } = target.worker;
  const request: UploadRequest = {
    release,
    workerEnv: target.configuration.workerEnv,
    secrets: checked.secrets,
    message: deploymentMessage(plan, "upload", ledger.anchor()),
  };
  // A Worker that has served nobody is made, also where an earlier attempt has left half of it.
  const isFirst = plan.stable === undefined;
  const uploaded = await uploadOnce(context, target, {
    message: request.message,
    upload: () =>
      isFirst ? context.uploader.createWorker(request) : context.uploader.uploadVersion(request),
  });
  const { versionId } = uploaded;
  const { etag, tag } = await platform.version(workerName, versionId);
  if (tag !== plan.releaseId) throw new Error(`version ${versionId} is tagged ${tag}, not ${plan.releaseId}`);
  // A Worker's first upload is a deployment too.
  const made = isFirst ? await newestDeployment(context, target) : undefined;
  return {
    versionId,
    etag,
    archiveSha256: plan.archiveSha256,
    secrets: checked.fingerprints,
    ...(made && { deploymentId: made.id }),
  };
}

async function route(
  { context, target, plan, ledger }: Rollout,
  { percentage, shares }: Extract<RolloutCommand, { kind: "route" }>,
): Promise<Pick<NewEntry, "deploymentId" | "percentages">> {
  await ledger.flush();
  const deployment = await routeTraffic(context, target, { plan, ledger, shares, step: String(percentage) });
  return { deploymentId: deployment.id, percentages: percentagesOf(shares) };
}

async function candidateGate(
  { context, target, plan, ledger }: Rollout,
  { gate, versionId, percentage }: Extract<RolloutCommand, { kind: "judge" }>,
): Promise<GateRequest> {
  const shared = percentage > 0 && percentage < 100;
  const soakMs = shared ? target.configuration.rollout.soakMs : 0;
  const metrics = shared ? watchMetrics(context, target, { plan, ledger, candidate: versionId }) : undefined;
  const interrupted = () => isInterrupted(ledger);
  if (plan.address === "public")
    return { gate, versionId, pinned: true, soakMs, interrupted, ...(metrics && { metrics }) };
  const baseUrl = await context.platform.previewUrl(target.worker.workerName, versionId);
  return { gate, versionId, pinned: true, ...(baseUrl !== undefined && { baseUrl }) };
}

/** Whether a person has asked for something since the last command. */
async function isInterrupted(ledger: LedgerSession): Promise<boolean> {
  await ledger.look();
  return replay(ledger.state().open?.entries ?? []).request !== undefined;
}

/** Other bytes under the right name must not pass: the etag is compared with what other environments had for this archive. */
async function proveBytes(
  { context, target, plan, ledger }: Rollout,
  { versionId, etag }: Extract<RolloutCommand, { kind: "prove" }>,
): Promise<void> {
  await refuseMoved(context, target, { plan, ledger });
  const now = await context.platform.version(target.worker.workerName, versionId);
  const elsewhere = await etagsOf(context, plan.archiveSha256);
  const differing = [now.etag, ...elsewhere].find((other) => other !== etag);
  if (differing === undefined) return;
  throw new DeliveryError({
    code: "DRIFT",
    message: `${target.name}: the version ${versionId} has other bytes (etag ${differing.slice(0, 12)}…) than the archive was uploaded with (${etag.slice(0, 12)}…).`,
    hint: `It carries the right name but is not that release. Roll back: npx delivery rollback ${target.name}`,
  });
}

async function etagsOf({ settings, ledgers }: Context, archiveSha256: string): Promise<readonly string[]> {
  const names = Object.keys(settings.configuration.environments);
  const chains = await Promise.all(names.map((name) => ledgers.read(name)));
  const uploads = chains
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.archiveSha256 === archiveSha256);
  return uploads.flatMap(({ etag }) => (etag === undefined ? [] : [etag]));
}

async function returnToStable(
  { context, target, plan, ledger }: Rollout,
  { shares }: Extract<RolloutCommand, { kind: "abort" }>,
): Promise<Pick<NewEntry, "deploymentId" | "percentages">> {
  if (shares.length === 0) return {};
  try {
    const newest = await newestDeployment(context, target);
    const [only] = shares;
    if (newest?.versions.length === 1 && newest.versions[0]?.versionId === only?.versionId)
      return { percentages: percentagesOf(shares) };
    const deployment = await routeTraffic(context, target, { plan, ledger, shares, step: "abort" });
    return { deploymentId: deployment.id, percentages: percentagesOf(shares) };
  } catch (error) {
    // What somebody else has put there is theirs: it isn't taken back.
    if (error instanceof ForeignDeployment) throw error;
    throw new DeliveryError({
      code: "STUCK",
      message: `${target.name}: the traffic could not be returned to stable: ${error instanceof Error ? error.message : String(error)}`,
      hint: `Look at once: npx delivery status ${target.name}, then npx delivery rollback ${target.name}`,
      cause: error,
    });
  }
}

/** After the traffic: visitors of stable wait for nothing. */
async function returnTriggers(
  { context, target, ledger, plan }: Rollout,
  triggers: Extract<RolloutCommand, { kind: "abort" }>["triggers"],
): Promise<void> {
  const stable = ledger.state().current;
  if (triggers === "clear") await context.platform.clearTriggers(target.worker.workerName);
  if (triggers === "restore" && stable === undefined)
    context.reporter.say(
      "        domains and other triggers stay as the candidate has set them: what served before was never adopted",
    );
  if (triggers === "restore" && stable !== undefined)
    await restoreTriggers(context, target, { releaseId: stable.releaseId, left: plan.releaseId });
}

function percentagesOf(
  shares: readonly { readonly versionId: string; readonly percentage: number }[],
): Record<string, number> {
  return Object.fromEntries(shares.map(({ versionId, percentage }) => [versionId, percentage]));
}
