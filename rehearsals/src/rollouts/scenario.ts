import { setTimeout as sleep } from "node:timers/promises";
import type { Finished } from "../run.ts";
import type { LoggedRequest } from "./platform.ts";
import type { Settings } from "./project.ts";
import {
  clearStage,
  dayOf,
  openStage,
  type Candidate,
  type Served,
  type Stage,
  type Theatre,
} from "./stage.ts";
import type { Failure, Visits } from "./visitors.ts";

/** One disturbed delivery, and how it must end. */
export interface Scenario {
  readonly name: string;
  readonly settings?: Settings;
  /** Nothing serves yet. Otherwise a proven release does. */
  readonly isFirst?: boolean;
  /** What the release that is delivered does. */
  readonly candidate?: Candidate;
  /** What people do; the last command's end counts. Default: the candidate is delivered. */
  readonly play?: (stage: Stage) => Promise<Finished>;
  readonly end: End;
  /** What the release before it does, which serves; one that throws at its visitors is blamed for it. */
  readonly stable?: Candidate;
  /** Default: 10. */
  readonly visitorsPerSecond?: number;
  /** How long the platform takes to tell all of its locations what is deployed. Default: 0. */
  readonly settlesMs?: number;
}

export interface End {
  readonly exitCode: number;
  /** Part of what people are told. */
  readonly says?: string | RegExp;
  /** What serves at the end. `other`: what somebody has put there by hand. `nothing`: visitors reach nothing. */
  readonly serves: "stable" | "candidate" | "both" | "other" | "nothing";
}

export interface Rehearsed {
  readonly ok: boolean;
  readonly name: string;
  readonly exitCode: number;
  /** The sentence that the command ended with. */
  readonly said: string;
  readonly served: string;
  readonly visits: number;
  /** Visitors who got an error of the release itself. */
  readonly failedByRelease: number;
  readonly problems: readonly string[];
}

/** Plays scenarios in one environment after the other: a new one where the last scenario left something unsettled. */
export interface Company {
  rehearse(scenario: Scenario): Promise<Rehearsed>;
}

/** `street` names its environments, each with a number. */
export function createCompany(theatre: Theatre, street = "street"): Company {
  let settled: { readonly stage: Stage; readonly stable: number } | undefined;
  let environments = 0;
  const newStage = async (settings: Settings) => {
    environments += 1;
    const stage = openStage(theatre, `${street}${environments}`, settings);
    return { stage, stable: undefined };
  };
  return {
    rehearse: async (scenario) => {
      const { settings = {}, isFirst = false } = scenario;
      const before = settled;
      settled = undefined;
      if (before && (isFirst || scenario.stable)) await clearStage(before.stage);
      const kept = isFirst || scenario.stable ? undefined : before;
      const { stage, stable } = kept
        ? { stage: openStage(theatre, kept.stage.environment, settings), stable: kept.stable }
        : await newStage(settings);
      const opened = stable ?? (isFirst ? undefined : await deliverFirst(stage, scenario));
      const { rehearsed, serves } = await rehearse(scenario, { stage, stable: opened });
      if (rehearsed.ok && !scenario.stable && scenario.end.exitCode <= 3 && serves !== undefined)
        settled = { stage, stable: serves };
      else await clearStage(stage);
      return rehearsed;
    },
  };
}

/** Another day than that of the scenario's own deliveries. */
async function deliverFirst(stage: Stage, { stable = {} }: Scenario): Promise<number> {
  const day = stage.open(stable, {});
  const { exitCode, stderr } = await stage.delivery();
  if (exitCode !== 0) throw new Error(`the first release wasn't delivered: ${stderr}`);
  return day;
}

const VISITORS_PER_SECOND = 10;
const LOOK_EVERY_MS = 50;

async function rehearse(
  scenario: Scenario,
  { stage, stable }: { readonly stage: Stage; readonly stable: number | undefined },
): Promise<{ readonly rehearsed: Rehearsed; readonly serves: number | undefined }> {
  const { name, end, play = (on: Stage) => on.delivery() } = scenario;
  const { wire, platform } = stage.theatre;
  const candidate = stage.open(scenario.candidate ?? {});
  await stage.put({});
  const startedAt = new Date().toISOString();
  const visitors = stage.visitors(scenario.visitorsPerSecond ?? VISITORS_PER_SECOND);
  const played = await play(stage).catch((error: unknown) => ({
    exitCode: -1,
    stdout: "",
    stderr: `the rehearsal itself failed: ${error instanceof Error ? error.message : String(error)}`,
  }));
  const visits = await visitors.stop();
  wire.clear();
  await platform.endFaults();
  const served = await servedWithin(scenario.settlesMs ?? 0, stage);
  const guilty = scenario.stable?.behaviour?.errorRate === undefined ? [candidate] : [candidate, stable];
  const own = await blame(stage, { visits, startedAt, guilty });
  const problems = [
    ...unlikeEnd(end, played),
    ...(isServed(end.serves, served, { stable, candidate }) ? [] : [`not ${end.serves} serves`]),
    ...own.others.map((what) => `a visitor got what no release failed: ${what}`),
  ];
  const rehearsed: Rehearsed = {
    ok: problems.length === 0,
    name,
    exitCode: played.exitCode,
    said: sentence(played),
    served: presentServed(served, { stable, candidate }),
    visits: visits.sent,
    failedByRelease: own.byRelease,
    problems,
  };
  const whole = { stable, candidate, both: undefined, other: undefined, nothing: undefined }[end.serves];
  return { rehearsed, serves: whole };
}

/** @returns what is wrong with it when it is so still after that time */
async function servedWithin(settlesMs: number, stage: Stage): Promise<Served | string | undefined> {
  const untilMs = performance.now() + settlesMs;
  for (;;) {
    const [settled] = await Promise.allSettled([stage.served()]);
    if (settled.status === "fulfilled") return settled.value;
    if (performance.now() >= untilMs) return String(settled.reason);
    await sleep(LOOK_EVERY_MS);
  }
}

function unlikeEnd({ exitCode, says }: End, finished: Finished): readonly string[] {
  const { stderr } = finished;
  const isSaid = says === undefined || (typeof says === "string" ? stderr.includes(says) : says.test(stderr));
  return [
    ...(finished.exitCode === exitCode ? [] : [`exit code ${finished.exitCode}, not ${exitCode}: ${stderr}`]),
    ...(isSaid ? [] : [`it doesn't say ${String(says)}: ${stderr}`]),
  ];
}

interface Days {
  readonly stable: number | undefined;
  readonly candidate: number;
}

function isServed(wanted: End["serves"], served: Served | undefined | string, days: Days): boolean {
  if (typeof served === "string") return false;
  const shares: Partial<Served> = served ?? {};
  switch (wanted) {
    case "nothing":
      return served === undefined;
    case "stable":
      return days.stable !== undefined && shares[days.stable] === 100;
    case "candidate":
      return shares[days.candidate] === 100;
    case "other":
      return shares.other === 100;
    case "both":
      return (
        Object.keys(shares).length === 2 && days.stable !== undefined && shares[days.stable] !== undefined
      );
  }
}

function presentServed(served: Served | undefined | string, { stable, candidate }: Days): string {
  if (served === undefined) return "nothing";
  if (typeof served === "string") return served;
  const nameOf = (day: string) => {
    if (day === String(stable)) return "stable";
    return day === String(candidate) ? "candidate" : day;
  };
  return Object.entries(served)
    .map(([day, percentage]) => `${nameOf(day)} ${percentage} %`)
    .toSorted()
    .join(", ");
}

/** The failure's sentence, or the last thing that was said. */
function sentence({ stderr }: Finished): string {
  const lines = stderr.trim().split("\n");
  return (lines.findLast((line) => line.startsWith("delivery: ")) ?? lines.at(-1) ?? "").trim();
}

interface Blamed {
  readonly byRelease: number;
  /** What no release that may fail did, in words. */
  readonly others: readonly string[];
}

/** Whose fault each failure was. */
async function blame(
  stage: Stage,
  seen: {
    readonly visits: Visits;
    readonly startedAt: string;
    readonly guilty: readonly (number | undefined)[];
  },
): Promise<Blamed> {
  const { failures } = seen.visits;
  if (failures.length === 0) return { byRelease: 0, others: [] };
  const { theatre, worker } = stage;
  const logged = (await theatre.platform.requests("edge")).filter(({ at }) => at >= seen.startedAt);
  const tags = await theatre.platform.tags(worker);
  const others = failures.filter((failure) => {
    const versionId = failure.versionId ?? versionOf(failure, logged);
    // Before a first delivery has passed its gate, its host is nobody's.
    const isClosed = failure.status === 404 && versionId === undefined;
    return !isClosed && !seen.guilty.includes(dayOf(theatre, tags.get(versionId ?? "")) ?? 0);
  });
  const [first] = others;
  return {
    byRelease: failures.length - others.length,
    others: first === undefined ? [] : [`${first.what} (${others.length} of them)`],
  };
}

function versionOf({ ray }: Failure, logged: readonly LoggedRequest[]): string | undefined {
  return logged.find((request) => request.ray === ray)?.versionId;
}
