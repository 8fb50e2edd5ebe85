import process from "node:process";
import { drawn, SAMPLE_VARIABLE, sampled } from "local-cloud/drills";
import { apiCallScenarios, walks } from "./api-calls.ts";
import { absenceScenarios } from "./absences.ts";
import { meetingScenarios } from "./meetings.ts";
import { otherScenarios } from "./others.ts";
import { endingScenarios } from "./endings.ts";
import { firstScenarios } from "./first-deliveries.ts";
import { gateScenarios } from "./gates.ts";
import { killScenarios, undisturbedScenarios } from "./kills.ts";
import { metricsScenarios } from "./metrics.ts";
import type { Company, Scenario } from "./scenario.ts";
import { steeringScenarios } from "./steering.ts";

/** Scenarios that are played in one local cloud. */
export interface Group {
  readonly name: string;
  /** Those that depend on how a command goes undisturbed are found by trying. */
  readonly scenarios: readonly Scenario[] | ((company: Company) => Promise<readonly Scenario[]>);
  /** Options of the local cloud. */
  readonly cloudArgs?: readonly string[];
  /** How many are played at a time, in environments of their own. They wait most of the time. */
  readonly atATime?: number;
}

/** Instants that the seed draws, unless every one is wanted. */
const KILLS = 10;
const isFull = () => process.env[SAMPLE_VARIABLE] === "all";

/** One of all that take no longer than a delivery; none where the drill is to play all of them. */
export function sampledScenarios(): readonly Scenario[] {
  if (isFull()) return [];
  const quick = steeringScenarios.filter(({ settings }) => settings === undefined);
  const lists = [
    gateScenarios,
    firstScenarios,
    otherScenarios,
    absenceScenarios,
    quick,
    killScenarios,
    endingScenarios,
  ];
  return sampled(lists.flat(), 1);
}

const PROPAGATION_MS = 1500;

export function groups(seed: number): readonly Group[] {
  return [
    // It takes longest and waits for most of that: the others are played beside it.
    { name: "metrics", scenarios: metricsScenarios, atATime: 3 },
    { name: "gates", scenarios: gateScenarios },
    { name: "first deliveries", scenarios: firstScenarios },
    { name: "others", scenarios: otherScenarios },
    { name: "absences", scenarios: absenceScenarios },
    { name: "meetings", scenarios: meetingScenarios },
    { name: "people", scenarios: steeringScenarios },
    {
      name: "propagation",
      scenarios: [
        {
          name: "a change of traffic takes a while to reach everybody",
          end: { exitCode: 0, serves: "candidate" },
          settlesMs: PROPAGATION_MS,
        },
      ],
      cloudArgs: ["--propagation-delay", String(PROPAGATION_MS)],
    },
    { name: "endings", scenarios: endingScenarios },
    { name: "undisturbed", scenarios: undisturbedScenarios },
    { name: "kills", scenarios: isFull() ? killScenarios : drawn(killScenarios, KILLS, seed) },
    ...walks.map((walk) => ({
      name: `calls of ${walk.name}`,
      scenarios: (company: Company) => apiCallScenarios(company, walk),
    })),
  ];
}
