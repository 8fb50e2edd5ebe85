import { expect, test } from "vitest";
import { restore } from "./restore.ts";

const SLOW_MACHINE_MS = 120_000;

test(
  "a random instant between commits is restored exactly, kills and restarts notwithstanding",
  async () => {
    const report = await restore({ seed: 5, commits: 30, restores: 1, log: () => "nobody listens" });

    expect(report).toMatchObject({ commits: 30, restores: 1, wrong: [] });
    expect(report.kills).toBeGreaterThan(0);
    expect(report.restarts).toBeGreaterThan(0);
  },
  SLOW_MACHINE_MS,
);
