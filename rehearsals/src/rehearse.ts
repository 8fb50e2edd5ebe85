import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBadReleases } from "./bad-releases.ts";
import { failuresOf, requestsOf } from "./failures-of.ts";
import { deliverFirstRelease } from "./first-release.ts";
import { startGuard } from "./guard.ts";
import { startLoad, type Load } from "./load.ts";
import type { EnvironmentReport, RehearsalReport, ScenarioReport, StepReport } from "./report.ts";
import { refsOf, survivors } from "./leaks.ts";
import { runScenarios } from "./scenarios.ts";
import { HOSTS, type RehearsalOptions, type Stage } from "./stage.ts";
import { snapshotSource } from "./source.ts";
import { readStatus } from "./deliver.ts";
import { toolVersions } from "./tool-versions.ts";
import { createWorld, type EnvironmentName, type World } from "./world.ts";

/** A rehearsal that has come to its end, with its local cloud still running. */
export interface Rehearsed {
  readonly stage: Stage;
  /** The release that both environments serve. */
  readonly first: EnvironmentReport;
  readonly scenarios: readonly ScenarioReport[];
  /** Stops everything, and reports. Idempotent. */
  finish(): Promise<RehearsalReport>;
}

/**
 * Delivers the project to staging and production of a fresh local cloud by its own workflow file, then releases that are
 * bad in three ways, and has each taken back.
 * @throws when something that a rehearsal rests on doesn't work at all; what merely went otherwise than expected is in the report
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsed> {
  const { project, dataDir, ports, narrator } = options;
  const startedAtMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
  const refsBefore = await refsOf(project);
  const steps: StepReport[] = [];
  const loads: Load[] = [];
  const guard = startGuard(dataDir);
  let world: World | undefined;
  const cleanUp = async () => {
    try {
      await Promise.all(loads.map((load) => load.stop()));
      await world?.stop();
    } finally {
      await guard.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  };

  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    options.signal.throwIfAborted();
    narrator.heading(name);
    const stepStartedAtMs = performance.now();
    const keep = (ok: boolean) =>
      steps.push({ name, ok, durationMs: Math.round(performance.now() - stepStartedAtMs) });
    try {
      const result = await work();
      keep(true);
      return result;
    } catch (error) {
      keep(false);
      throw error;
    }
  }

  try {
    const started = await step(
      "A local cloud starts: Cloudflare's API, an edge on workerd, PostgreSQL behind Xata's gateway",
      () => createWorld({ project, dataDir, ports }),
    );
    world = started;
    narrator.say(`API ${started.ready.apiBaseUrl}, edge ${started.ready.edgeUrl}`);
    const source = await snapshotSource(project, join(folder, "source"), started.machineEnv);
    const startEnvironmentLoad = (environment: EnvironmentName) => {
      narrator.say(`from now on ${environment} gets 50 requests/s on / and on /health`);
      loads.push(startLoad({ environment, host: HOSTS[environment], edgeUrl: started.ready.edgeUrl }));
    };
    const stage: Stage = { options, world: started, source, narrator, startLoad: startEnvironmentLoad, step };
    const bad = buildBadReleases(stage);
    const first = await deliverFirstRelease(stage);
    const scenarios = await runScenarios(stage, { first, bad });
    await Promise.all(loads.map((load) => load.stop()));
    return {
      stage,
      first,
      scenarios,
      finish: once(() => finish({ stage, scenarios, first })),
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }

  async function finish(ended: Omit<Rehearsed, "finish">): Promise<RehearsalReport> {
    const { stage, scenarios, first } = ended;
    const environments = await currentEnvironments(stage);
    const { unknownRoutes, blockedRequests } = await stage.world.observations();
    const counts = await Promise.all(
      loads.map(async (load) => ({ environment: load.environment, ...(await load.stop()) })),
    );
    await cleanUp();
    const leaks = {
      processes: await survivors(stage.world.ready.dataDir),
      refs: changed(refsBefore, await refsOf(project)),
      outbound: [...stage.world.outbound, ...blockedRequests],
    };
    const failures = failuresOf({ first, scenarios, environments, loads: counts, unknownRoutes, leaks });
    return {
      schema: 1,
      ok: failures.length === 0,
      commit: stage.source.commit,
      seed: 0,
      durationMs: Math.round(performance.now() - startedAtMs),
      steps,
      environments,
      scenarios,
      requests: requestsOf(counts),
      leaks,
      versions: await toolVersions(project),
      failures,
    };
  }
}

async function currentEnvironments(stage: Stage): Promise<Record<EnvironmentName, EnvironmentReport>> {
  const [staging, production] = await Promise.all([
    readStatus(stage, "staging"),
    readStatus(stage, "production"),
  ]);
  return { staging, production };
}

function changed(before: readonly string[], after: readonly string[]): readonly string[] {
  return [...before.filter((ref) => !after.includes(ref)), ...after.filter((ref) => !before.includes(ref))];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
