import { describe, expect, test } from "vitest";
import type { Deployment } from "../ports.ts";
import { inferTarget } from "./infer.ts";

/** Written oldest first: `release rollout step`, then the versions that it gives traffic to. */
function deployments(
  ...made: readonly (readonly [message: string, ...versions: string[]])[]
): readonly Deployment[] {
  return made
    .map(([message, ...versions], index) => ({
      id: `d-${index}`,
      createdAt: "2026-01-01T00:00:00Z",
      message,
      versions: versions.map((versionId) => ({ versionId, percentage: 100 / versions.length })),
    }))
    .toReversed();
}

const ONE = ["r-one o-1 100 ", "v1"] as const;
const TWO = ["r-two o-2 100 aaaaaaaaaaaa", "v2"] as const;
const THREE = ["r-three o-3 100 aaaaaaaaaaaa", "v3"] as const;

describe("without a ledger the target is", () => {
  test.each([
    ["the release before the one that serves", [ONE, TWO], "v1"],
    ["what served before somebody deployed by hand", [ONE, TWO, ["by hand", "v9"]], "v2"],
    [
      "what served before a rollout that is under way",
      [ONE, TWO, ["r-three o-3 10 aaaaaaaaaaaa", "v2", "v3"]],
      "v2",
    ],
    [
      "not a release whose rollout was aborted at 100 %",
      [ONE, TWO, THREE, ["r-three o-3 abort aaaaaaaaaaaa", "v2"]],
      "v1",
    ],
    [
      "not a release that a rollback left",
      [ONE, TWO, THREE, ["r-two o-4 rollback aaaaaaaaaaaa", "v2"]],
      "v1",
    ],
    ["nothing, when the release that serves is the only one", [ONE], undefined],
    [
      "nothing, when no delivery made any of them",
      [
        ["by hand", "v8"],
        ["by hand", "v9"],
      ],
      undefined,
    ],
  ] as const)("%s", (_what, made, expected) => {
    expect(inferTarget(deployments(...made), undefined)?.versionId).toBe(expected);
  });

  test("the release that was asked for, where it served", () => {
    const made = deployments(ONE, TWO, THREE);

    expect(inferTarget(made, "r-one")?.versionId).toBe("v1");
    expect(inferTarget(made, "r-four")).toBeUndefined();
  });
});
