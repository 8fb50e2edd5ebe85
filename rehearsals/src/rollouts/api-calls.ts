import type { Finished } from "../run.ts";
import { BUCKETS } from "./project.ts";
import type { LoggedRequest } from "./platform.ts";
import type { Company, End, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { turnAt } from "./gates.ts";

/** A command whose every call to Cloudflare's API fails once, in one run each. */
export interface Walk {
  readonly name: string;
  readonly scenario: Pick<Scenario, "isFirst" | "candidate" | "settings">;
  /** What happens before, undisturbed. */
  readonly prepare?: (stage: Stage) => Promise<Finished>;
  readonly args: (stage: Stage) => readonly string[];
  readonly env?: (stage: Stage) => Readonly<Record<string, string>>;
  /** What happens meanwhile. */
  readonly meanwhile?: (stage: Stage) => void;
  readonly end: End;
}

/** A key that no release before had. */
const newKey = (stage: Stage) => ({
  API_KEY: `the key of ${stage.environment} on day ${stage.theatre.days.size}`,
});

export const walks: readonly Walk[] = [
  {
    name: "a delivery",
    scenario: {},
    args: ({ environment }) => ["deploy", environment],
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "an abort",
    scenario: { candidate: { switched: true } },
    args: ({ environment }) => ["deploy", environment],
    meanwhile: (stage) => turnAt(stage, "50", { unhealthy: true }),
    end: { exitCode: 3, says: "the gate health@50 stopped", serves: "stable" },
  },
  {
    name: "a first delivery",
    scenario: { isFirst: true },
    args: ({ environment }) => ["deploy", environment],
    end: { exitCode: 0, serves: "candidate" },
  },
  {
    name: "a rollback",
    scenario: {},
    prepare: (stage) => stage.delivery(),
    args: ({ environment }) => ["rollback", environment],
    end: { exitCode: 0, serves: "stable" },
  },
  {
    name: "a rollback past changed secrets",
    scenario: {},
    prepare: (stage) => stage.delivery(undefined, newKey(stage)),
    args: ({ environment }) => ["rollback", environment],
    env: newKey,
    end: { exitCode: 0, serves: "stable" },
  },
];

/** One call of many that look alike: the `nth` of its kind. */
interface ApiCall {
  readonly method: string;
  /** With `*` for what differs from run to run. */
  readonly path: string;
  readonly nth: number;
}

const FAULTS = [
  { what: "503 at", fault: { effect: "error", status: 503 } },
  { what: "reply lost of", fault: { effect: "reset", when: "after" } },
] as const;

/** Takes a walk undisturbed, and gives a scenario for each of its calls and each fault. */
export async function apiCallScenarios(company: Company, walk: Walk): Promise<readonly Scenario[]> {
  let calls: readonly ApiCall[] = [];
  const undisturbed = await company.rehearse({
    ...walk.scenario,
    name: `${walk.name}, undisturbed`,
    play: async (stage) => {
      const { platform } = stage.theatre;
      await prepared(stage, walk);
      const before = (await platform.requests("api")).length;
      const finished = await walked(stage, walk);
      calls = apiCalls((await platform.requests("api")).slice(before));
      return finished;
    },
    end: walk.end,
  });
  if (!undisturbed.ok) throw new Error(`${undisturbed.name}: ${undisturbed.problems.join("; ")}`);
  return FAULTS.flatMap(({ what, fault }) =>
    calls.map((call) => ({
      ...walk.scenario,
      name: `${walk.name}: ${what} ${call.method} ${call.path} #${call.nth}`,
      play: (stage) => disturbed(stage, walk, { service: "api", ...call, ...fault }),
      end: walk.end,
    })),
  );
}

function walked(stage: Stage, { args, env, meanwhile }: Walk): Promise<Finished> {
  meanwhile?.(stage);
  return stage.delivery(args(stage), env?.(stage));
}

async function prepared(stage: Stage, { prepare }: Walk): Promise<void> {
  const finished = await prepare?.(stage);
  if (finished && finished.exitCode !== 0) throw new Error(`what comes before failed: ${finished.stderr}`);
}

async function disturbed(
  stage: Stage,
  walk: Walk,
  fault: Readonly<Record<string, unknown>>,
): Promise<Finished> {
  const { platform } = stage.theatre;
  await prepared(stage, walk);
  await platform.addFault(fault);
  const finished = await walked(stage, walk);
  if ((await platform.endFaults()) === 0) throw new Error("the call was not made");
  return finished;
}

/** What the log has of the API, in order, without what this rehearsal itself asks. */
function apiCalls(logged: readonly LoggedRequest[]): readonly ApiCall[] {
  const counts = new Map<string, number>();
  return logged.flatMap(({ method, path }) => {
    if (!path.startsWith("/client/v4/") || path.includes(BUCKETS.switches)) return [];
    const kind = { method, path: generalised(path) };
    const key = `${kind.method} ${kind.path}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return [{ ...kind, nth }];
  });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;

function generalised(path: string): string {
  return (path.split("?")[0] ?? "")
    .replace(/^\/client\/v4/u, "")
    .replace(/^\/accounts\/[0-9a-f]{32}/u, "/accounts/*")
    .replaceAll(UUID, "*")
    .replaceAll(/[^/]*…[^/]*/gu, "*")
    .replaceAll(/street\d+/gu, "street*")
    .replaceAll(/\/r-[^/]+$/gu, "/*");
}
