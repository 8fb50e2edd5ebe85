import type { Drill, DrillOptions } from "local-cloud/drills";
import { groups, type Group } from "./groups.ts";
import { createCompany, type Rehearsed, type Scenario } from "./scenario.ts";
import { openTheatre, type Theatre } from "./stage.ts";

export const rolloutsDrill: Drill = {
  about:
    "Whole deliveries by real wrangler, disturbed in every way: what serves at the end, what is said, and no visitor fails but by the candidate.",
  run: async (options) => {
    const rehearsed = await playGroups(groups(options.seed), options);
    const total = (count: (each: Rehearsed) => number) =>
      rehearsed.reduce((sum, each) => sum + count(each), 0);
    const totals = {
      scenarios: rehearsed.length,
      asExpected: rehearsed.filter(({ ok }) => ok).length,
      visits: total(({ visits }) => visits),
      failedByRelease: total(({ failedByRelease }) => failedByRelease),
    };
    return { ok: rehearsed.every(({ ok }) => ok), result: { totals, scenarios: rehearsed.map(shown) } };
  },
};

/** Without what is the same in all that went well. */
function shown({ ok, problems, ...rest }: Rehearsed): unknown {
  return ok ? rest : { ...rest, problems };
}

/** Each group has a cloud of its own, and its deliveries wait half of the time. */
const GROUPS_AT_A_TIME = 2;

async function playGroups(all: readonly Group[], options: DrillOptions): Promise<readonly Rehearsed[]> {
  const results: (readonly Rehearsed[])[] = [];
  const waiting = [...all.entries()];
  const play = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      results[next[0]] = await playGroup(next[1], options);
  };
  await Promise.all(Array.from({ length: GROUPS_AT_A_TIME }, play));
  return results.flat();
}

async function playGroup(group: Group, options: DrillOptions): Promise<readonly Rehearsed[]> {
  const { name, scenarios, cloudArgs = [], atATime = 1 } = group;
  const isWanted = (part: string) => part.includes(options.only);
  if (typeof scenarios === "function" && !options.only.startsWith(name) && !isWanted(name)) return [];
  const partOf = (scenario: Scenario) => `${name}: ${scenario.name}`;
  if (typeof scenarios !== "function" && !scenarios.some((each) => isWanted(partOf(each)))) return [];
  const theatre = await openTheatre({ cloudArgs });
  try {
    const all = typeof scenarios === "function" ? await scenarios(createCompany(theatre)) : scenarios;
    const waiting = all.filter((each) => isWanted(partOf(each)));
    const troupes = Array.from({ length: Math.min(atATime, waiting.length) }, (_, index) =>
      playAll({ theatre, street: `mile${index}x`, annex: atATime > 1, waiting, partOf, options }),
    );
    return (await Promise.all(troupes)).flat();
  } finally {
    await theatre.stop();
  }
}

/** Takes scenarios off the list until none is left. */
async function playAll(troupe: {
  readonly theatre: Theatre;
  readonly street: string;
  /** In a project folder of its own, since another troupe plays in the same cloud. */
  readonly annex: boolean;
  readonly waiting: Scenario[];
  readonly partOf: (scenario: Scenario) => string;
  readonly options: DrillOptions;
}): Promise<readonly Rehearsed[]> {
  const { theatre, street, annex, waiting, partOf, options } = troupe;
  const own = annex ? await openTheatre({ cloud: theatre.shop.cloud }) : theatre;
  const company = createCompany(own, annex ? street : undefined);
  const results: Rehearsed[] = [];
  for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
    const now = scenario;
    const name = partOf(now);
    const result = await options.once(name, async () => ({ ...(await company.rehearse(now)), name }));
    const { ok, exitCode, served, said, problems } = result;
    options.log(`${ok ? "✓" : "✗"} ${name}: exit ${exitCode}, ${served}${said === "" ? "" : `; ${said}`}`);
    for (const problem of problems) options.log(`    ${problem}`);
    results.push(result);
  }
  if (annex) await own.stop();
  return results;
}
