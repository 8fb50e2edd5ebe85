import { describe, expect, test } from "vitest";
import type { DeploymentDocument } from "../services/workers/model.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { Propagation } from "./propagation.ts";

const deployment = (id: string) => ({ id, worker: "shop", versions: [] }) as unknown as DeploymentDocument;

function propagating(delayMs: number) {
  const clock = new ManualClock("2026-11-23T10:00:00Z");
  let settled = 0;
  const propagation = new Propagation({ delayMs, clock, onSettled: () => (settled += 1) });
  propagation.learn([deployment("first")], { atStart: true });
  const shareOf = (id: string) =>
    Array.from({ length: 100 }, (_, at) => propagation.seen("shop", at / 100)?.id).filter(
      (seen) => seen === id,
    ).length;
  return { clock, propagation, shareOf, settled: () => settled };
}

describe("a deployment", () => {
  test("is seen at once without a delay", () => {
    const { propagation, shareOf } = propagating(0);

    propagation.learn([deployment("second")], { atStart: false });

    expect(shareOf("second")).toBe(100);
    expect(propagation.current().map(({ id }) => id)).toEqual(["second"]);
  });

  test("is seen by a growing part of the requests, the others get the one before", () => {
    const { clock, propagation, shareOf, settled } = propagating(1000);
    propagation.learn([deployment("second")], { atStart: false });

    const shares = [0, 250, 250, 500].map((passMs) => {
      clock.advance(passMs);
      return [shareOf("first"), shareOf("second")];
    });

    expect(shares).toEqual([
      [99, 1],
      [74, 26],
      [49, 51],
      [0, 100],
    ]);
    expect(settled()).toBe(1);
  });

  test("keeps those before it running for as long as somebody may meet them", () => {
    const { clock, propagation, shareOf } = propagating(1000);
    propagation.learn([deployment("second")], { atStart: false });
    clock.advance(500);
    propagation.learn([deployment("third")], { atStart: false });
    clock.advance(100);

    expect(["first", "second", "third"].map(shareOf)).toEqual([39, 50, 11]);
    expect(propagation.current()).toHaveLength(3);
    clock.advance(1000);
    expect(propagation.current().map(({ id }) => id)).toEqual(["third"]);
  });
});
