import { setTimeout as pause } from "node:timers/promises";

const INTERVAL_MS = 10;

/** Asks again and again until `condition` holds: true. False after `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    if (await condition()) return true;
    await pause(INTERVAL_MS);
  }
  return condition();
}
