import { configurationSchema } from "../config/schema.ts";
import { metricsRules } from "../gate/rules.ts";
import { seededRandom } from "../testing/random.ts";
import type { Drill } from "./drill.ts";
import { simulateRollout, type StepOutcome } from "./simulated-rollout.ts";
import type { SimulatedVersion } from "./simulated-traffic.ts";

/** Candidates against a stable version whose error rate is `base`. */
const CANDIDATES = {
  same: (base: number): SimulatedVersion => ({ errorRate: base, slowness: 1 }),
  tolerated: (base: number): SimulatedVersion => ({ errorRate: base * 1.25, slowness: 1.25 }),
  errors5: (base: number): SimulatedVersion => ({ errorRate: base * 5, slowness: 1 }),
  slow2: (base: number): SimulatedVersion => ({ errorRate: base, slowness: 2 }),
} as const;

type CandidateKind = keyof typeof CANDIDATES;

export interface GateCell {
  readonly candidate: CandidateKind;
  readonly baseErrorRate: number;
  /** Expected requests to the candidate before 50 %. */
  readonly requests: number;
  readonly sampleInterval: number;
  readonly rollouts: number;
  /** Shares of the rollouts, at the step before 50 %. */
  readonly stopped: number;
  readonly passed: number;
  readonly inconclusive: number;
  /** Share that was stopped before or at 50 %; for candidates that aren't to be stopped. */
  readonly stoppedInAll: number;
}

export interface GateGrid {
  readonly seed: number;
  readonly rollouts: number;
  readonly baseErrorRates: readonly number[];
  readonly requests: readonly number[];
}

const WHOLE_GRID = { baseErrorRates: [0.001, 0.01, 0.03], requests: [100, 300, 1000, 3000, 10_000] };
const ROLLOUTS = 10_000;
const MAX_FALSE_ABORTS = 0.01;
const MIN_STOPPED = 0.99;
/** In a small sample one or two are no evidence of more than 1 %. */
const FEW = 3;

/** So many errors of a candidate at the limit are enough to stop it. */
const ERRORS_THAT_SUFFICE = 45;
/** So many requests are enough to stop one that is twice as slow. */
const REQUESTS_THAT_SUFFICE = 1000;

/** Goes through the grid: every kind of candidate, with sampled metrics too where there is much traffic. */
export function simulateGrid(
  grid: GateGrid,
  onCell: (cell: GateCell) => void = () => undefined,
): readonly GateCell[] {
  const cells: GateCell[] = [];
  for (const baseErrorRate of grid.baseErrorRates) {
    for (const requests of grid.requests) {
      for (const candidate of Object.keys(CANDIDATES) as CandidateKind[]) {
        // A sample of 1 in 10 is no more evidence than a tenth of the requests.
        const sampleInterval = requests >= 10_000 && baseErrorRate === 0.01 ? [1, 10] : [1];
        for (const interval of sampleInterval) {
          const cell = simulateCell(grid, { candidate, baseErrorRate, requests, sampleInterval: interval });
          cells.push(cell);
          onCell(cell);
        }
      }
    }
  }
  return cells;
}

function simulateCell(
  { seed, rollouts }: GateGrid,
  of: Pick<GateCell, "candidate" | "baseErrorRate" | "requests" | "sampleInterval">,
): GateCell {
  const { candidate, baseErrorRate, requests, sampleInterval } = of;
  const random = seededRandom(
    seed + baseErrorRate * 1e6 + requests * 31 + candidate.length * 7 + sampleInterval,
  );
  const before: Record<StepOutcome, number> = { stopped: 0, passed: 0, inconclusive: 0 };
  const throughBothSteps = candidate === "same" || candidate === "tolerated";
  let stoppedInAll = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const outcomes = simulateRollout(
      random,
      {
        stable: CANDIDATES.same(baseErrorRate),
        candidate: CANDIDATES[candidate](baseErrorRate),
        requests,
        sampleInterval,
        rules: DEFAULT_RULES,
      },
      { throughBothSteps },
    );
    const [first] = outcomes;
    if (first) before[first] += 1;
    if (outcomes.includes("stopped")) stoppedInAll += 1;
  }
  return {
    ...of,
    rollouts,
    stopped: before.stopped / rollouts,
    passed: before.passed / rollouts,
    inconclusive: before.inconclusive / rollouts,
    stoppedInAll: stoppedInAll / rollouts,
  };
}

/** Those of an environment that configures nothing, as the configuration's schema has them. */
const DEFAULT_RULES = metricsRules(
  configurationSchema.shape.environments.valueType.parse({
    workerEnv: "production",
    url: "https://shop.example.com",
    provenBy: "staging",
  }),
  2,
);

/** Whether docs/gates.md says of a cell that the sample suffices to stop such a candidate. */
function suffices({ candidate, baseErrorRate, requests, sampleInterval }: GateCell): boolean {
  const looked = requests / sampleInterval;
  if (candidate === "errors5") return looked * baseErrorRate * 5 >= ERRORS_THAT_SUFFICE - 1e-9;
  return candidate === "slow2" && looked >= REQUESTS_THAT_SUFFICE;
}

/** What a cell shows that must not be; nothing where all is well. */
export function gateProblems(cell: GateCell): readonly string[] {
  const where = `${cell.candidate}, base ${cell.baseErrorRate * 100} %, ${cell.requests} requests`;
  const harmless = cell.candidate === "same" || cell.candidate === "tolerated";
  const tooMany = (share: number) => share >= MAX_FALSE_ABORTS && share * cell.rollouts >= FEW;
  if (harmless && tooMany(cell.stoppedInAll))
    return [`${where}: ${percent(cell.stoppedInAll)} were stopped for nothing`];
  if (suffices(cell) && cell.stopped <= MIN_STOPPED)
    return [`${where}: only ${percent(cell.stopped)} were stopped`];
  return !harmless && tooMany(cell.passed) ? [`${where}: ${percent(cell.passed)} passed`] : [];
}

export const gatesDrill: Drill = {
  about: "metrics stop bad candidates and leave good ones alone, in 10,000 simulated rollouts of each kind",
  run: async ({ seed, log }) => {
    const cells = simulateGrid({ seed, rollouts: ROLLOUTS, ...WHOLE_GRID }, (cell) =>
      log(`${cell.candidate} ${cell.baseErrorRate} ${cell.requests}: stopped ${percent(cell.stopped)}`),
    );
    const problems = cells.flatMap(gateProblems);
    const documents = [{ file: "docs/gates.md", marker: "simulation", text: presentGrid(cells) }];
    return { ok: problems.length === 0, result: { rollouts: ROLLOUTS, problems, cells }, documents };
  },
};

/** The table of docs/gates.md. */
export function presentGrid(cells: readonly GateCell[]): string {
  const rows = cells
    .filter(({ candidate }) => candidate === "same")
    .map((same) => {
      const of = (kind: CandidateKind) =>
        cells.find(
          (cell) =>
            cell.candidate === kind &&
            cell.baseErrorRate === same.baseErrorRate &&
            cell.requests === same.requests &&
            cell.sampleInterval === same.sampleInterval,
        ) ?? same;
      const sampled = same.sampleInterval === 1 ? "" : `, 1 in ${same.sampleInterval} looked at`;
      return [
        `${same.baseErrorRate * 100} %`,
        `${same.requests.toLocaleString("en")}${sampled}`,
        percent(same.stoppedInAll),
        percent(of("tolerated").stoppedInAll),
        percent(same.inconclusive),
        presentOutcomes(of("errors5")),
        presentOutcomes(of("slow2")),
      ];
    });
  const head = [
    "errors of stable",
    "candidate's requests before 50 %",
    "same: false aborts",
    "1.25 times both: aborts",
    "same: inconclusive",
    "5 × the errors: stopped / inconclusive / passed",
    "2 × the p95: stopped / inconclusive / passed",
  ];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function presentOutcomes(cell: GateCell): string {
  const text = [cell.stopped, cell.inconclusive, cell.passed].map(percent).join(" / ");
  return suffices(cell) ? `**${text}**` : text;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
