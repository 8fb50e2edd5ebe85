import * as z from "zod";
import { ask } from "./ask.ts";
import type { BadReleases } from "./bad-releases.ts";
import { deliver, deliveredRelease, readStatus } from "./deliver.ts";
import type { EnvironmentReport, ScenarioReport } from "./report.ts";
import { HOSTS, type Stage } from "./stage.ts";
import { visit } from "./visit.ts";
import type { EnvironmentName } from "./world.ts";

interface Releases {
  readonly first: EnvironmentReport;
  readonly bad: BadReleases;
}

/** Releases that are bad in three ways: each is a real build of the project with a patch, and each must be taken back. */
export async function runScenarios(
  stage: Stage,
  { first, bad }: Releases,
): Promise<readonly ScenarioReport[]> {
  stage.startLoad("production");
  const unhealthy = await stage.step("A: a release that answers unhealthy is stopped in staging", () =>
    unhealthyInStaging(stage, { first, bad }),
  );
  const misconfigured = await stage.step(
    "B: a release that only fails with production's configuration is stopped there",
    () => failsInProduction(stage, { first, bad }),
  );
  const wrong = await stage.step("C: a release that passes every gate and is wrong is rolled back", () =>
    wrongEverywhere(stage, { first, bad }),
  );
  return [...unhealthy, ...misconfigured, ...wrong];
}

async function unhealthyInStaging(
  stage: Stage,
  { first, bad }: Releases,
): Promise<readonly ScenarioReport[]> {
  const release = await bad.A;
  const { exitCode } = await deliver(stage, "staging", ["deploy", "staging", "--release", release]);
  const stopped = await compare(
    stage,
    { name: "A is stopped in staging", environment: "staging", exitCode, wantedExitCode: 3 },
    first,
  );
  const seen = await requestsTo(stage, "fm5-production", release);
  return [
    stopped,
    verdict(stage, "A never serves a request in production", {
      expected: "0 requests",
      served: `${seen.total} requests`,
      exitCode: 0,
      ok: seen.total === 0,
    }),
  ];
}

async function failsInProduction(stage: Stage, { first, bad }: Releases): Promise<readonly ScenarioReport[]> {
  const release = await bad.B;
  const staging = await deliver(stage, "staging", ["deploy", "staging", "--release", release]);
  const proven = staging.exitCode === 0 && deliveredRelease(staging) === release;
  const good = verdict(stage, "B is proven in staging", {
    expected: release,
    served: proven ? release : "not proven",
    exitCode: staging.exitCode,
    ok: proven,
  });
  const production = await deliver(stage, "production", ["promote", "production", "--release", release]);
  const stopped = await compare(
    stage,
    {
      name: "B is stopped in production",
      environment: "production",
      exitCode: production.exitCode,
      wantedExitCode: 3,
    },
    first,
  );
  const seen = await requestsTo(stage, "fm5-production", release);
  const routed = seen.total - seen.pinned;
  const unrouted = verdict(stage, "B gets nothing in production but the gate's probes", {
    expected: "0 routed requests",
    served: `${routed} routed requests, ${seen.pinned} probes`,
    exitCode: 0,
    ok: routed === 0 && seen.pinned > 0,
  });
  const { exitCode } = await deliver(stage, "staging", ["rollback", "staging"]);
  return [
    good,
    stopped,
    unrouted,
    await compare(
      stage,
      { name: "B is taken back in staging", environment: "staging", exitCode, wantedExitCode: 0 },
      first,
    ),
  ];
}

async function wrongEverywhere(stage: Stage, { first, bad }: Releases): Promise<readonly ScenarioReport[]> {
  const release = await bad.C;
  await deliver(stage, "staging", ["deploy", "staging", "--release", release]);
  const promoted = await deliver(stage, "production", ["promote", "production", "--release", release]);
  const shown = await page(stage, "production");
  const live = verdict(stage, "C passes every gate and shows its fault to visitors", {
    expected: "the fault",
    served: shown.includes(FAULT_OF_C) ? "the fault" : "no fault",
    exitCode: promoted.exitCode,
    ok: promoted.exitCode === 0 && shown.includes(FAULT_OF_C),
  });
  const results: ScenarioReport[] = [live];
  for (const environment of ["production", "staging"] as const) {
    const { exitCode } = await deliver(stage, environment, ["rollback", environment]);
    results.push(
      await compare(
        stage,
        { name: `C is rolled back in ${environment}`, environment, exitCode, wantedExitCode: 0 },
        first,
      ),
    );
  }
  const after = await page(stage, "production");
  return [
    ...results,
    verdict(stage, "C's fault is gone", {
      expected: "no fault",
      served: after.includes(FAULT_OF_C) ? "the fault" : "no fault",
      exitCode: 0,
      ok: !after.includes(FAULT_OF_C),
    }),
  ];
}

/** What the home page says in release C instead of what it should. */
const FAULT_OF_C = "NaN";

async function compare(
  stage: Stage,
  tried: {
    readonly name: string;
    readonly environment: EnvironmentName;
    readonly exitCode: number;
    readonly wantedExitCode: number;
  },
  first: EnvironmentReport,
): Promise<ScenarioReport> {
  const { release, digest } = await readStatus(stage, tried.environment);
  const ok = release === first.release && digest === first.digest && tried.exitCode === tried.wantedExitCode;
  return verdict(stage, tried.name, {
    expected: first.release,
    served: release,
    exitCode: tried.exitCode,
    ok,
  });
}

function verdict(stage: Stage, name: string, outcome: Omit<ScenarioReport, "name">): ScenarioReport {
  stage.narrator.say(`${outcome.ok ? "✓" : "✗"} ${name}: ${outcome.served}`);
  return { name, ...outcome };
}

/** How many requests the versions of a release answered, and how many of them were aimed at it by name. */
async function requestsTo(
  stage: Stage,
  worker: string,
  release: string,
): Promise<{ readonly total: number; readonly pinned: number }> {
  const { answered } = await stage.world.observations();
  const versions = await versionsOf(stage, worker, release);
  const counts = versions.map((id) => answered[worker]?.[id] ?? { total: 0, pinned: 0 });
  return counts.reduce(
    (sum, { total, pinned }) => ({ total: sum.total + total, pinned: sum.pinned + pinned }),
    { total: 0, pinned: 0 },
  );
}

const versionsSchema = z.object({
  items: z.array(z.object({ id: z.string(), annotations: z.record(z.string(), z.string()) })),
});

async function versionsOf(stage: Stage, worker: string, release: string): Promise<readonly string[]> {
  const { apiBaseUrl, accountId, apiToken } = stage.world.ready;
  const url = `${apiBaseUrl}/accounts/${accountId}/workers/scripts/${worker}/versions?deployable=true`;
  const { items } = versionsSchema.parse((await ask(apiToken, { url })).reply.result);
  return items.filter(({ annotations }) => annotations["workers/tag"] === release).map(({ id }) => id);
}

async function page(stage: Stage, environment: EnvironmentName): Promise<string> {
  const asked = { host: HOSTS[environment], accept: "text/html" };
  return (await visit(stage.world.ready.edgeUrl, asked)).body;
}
