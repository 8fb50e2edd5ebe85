import type { Drill, DrillOptions } from "local-cloud/drills";
import { groups, type Group } from "./groups.ts";
import { createCompany, type Company, type Rehearsed, type Scenario } from "./scenario.ts";
import { shareOut } from "./share-out.ts";
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
const AT_A_TIME = ["one", "another"];

async function playGroups(all: readonly Group[], options: DrillOptions): Promise<readonly Rehearsed[]> {
  const results = await shareOut({ items: all, among: AT_A_TIME }, (group) => playGroup(group, options));
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
    const items = all.filter((each) => isWanted(partOf(each)));
    const play = (scenario: Scenario, company: Company) =>
      playScenario({ name: partOf(scenario), scenario, company }, options);
    if (atATime === 1) return await shareOut({ items, among: [createCompany(theatre)] }, play);
    return await withAnnexes({ theatre, count: Math.min(atATime, items.length) }, (among) =>
      shareOut({ items, among }, play),
    );
  } finally {
    await theatre.stop();
  }
}

/** Companies that play at a time in the same cloud: each has a project folder and streets of its own. */
async function withAnnexes<T>(
  { theatre, count }: { readonly theatre: Theatre; readonly count: number },
  work: (companies: readonly Company[]) => Promise<T>,
): Promise<T> {
  const annexes: Theatre[] = [];
  try {
    for (let opened = 0; opened < count; opened += 1)
      annexes.push(await openTheatre({ cloud: theatre.shop.cloud }));
    return await work(annexes.map((annex, index) => createCompany(annex, `mile${index}x`)));
  } finally {
    for (const annex of annexes) await annex.stop();
  }
}

async function playScenario(
  {
    name,
    scenario,
    company,
  }: { readonly name: string; readonly scenario: Scenario; readonly company: Company },
  options: DrillOptions,
): Promise<Rehearsed> {
  const result = await options.once(name, async () => ({ ...(await company.rehearse(scenario)), name }));
  const { ok, exitCode, served, said, problems } = result;
  options.log(`${ok ? "✓" : "✗"} ${name}: exit ${exitCode}, ${served}${said === "" ? "" : `; ${said}`}`);
  for (const problem of problems) options.log(`    ${problem}`);
  return result;
}
