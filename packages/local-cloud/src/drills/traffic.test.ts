import { expect, test } from "vitest";
import { changeTrafficUnderLoad, holds } from "./traffic.ts";

test("changes of traffic under load fail no request, also none in flight (a sample of npm run drill -- traffic)", async () => {
  const result = await changeTrafficUnderLoad({
    seed: 7,
    changes: 8,
    requestsPerSecond: 60,
    slowMs: 1500,
    log: () => undefined,
  });

  expect(result.failures).toEqual([]);
  expect(result.misrouted).toBe(0);
  expect(result.slowAcrossAChange).toBeGreaterThan(0);
  expect(holds(result)).toBe(true);
});
