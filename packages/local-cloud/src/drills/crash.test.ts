import { expect, test } from "vitest";
import { crash } from "./crash.ts";

const SLOW_MACHINE_MS = 180_000;

test(
  "after SIGKILL at random instants during writes it starts again, and everything acknowledged is there",
  async () => {
    const report = await crash({ seed: 3, kills: 1, log: () => "nobody listens" });

    expect(report).toMatchObject({ kills: 1, lost: [] });
    expect(report.acknowledged["rows"]).toBeGreaterThan(0);
    expect(Object.keys(report.interrupted)).not.toEqual([]);
  },
  SLOW_MACHINE_MS,
);
