import type { DrillLoader } from "local-cloud/drills";

/** Drills of whole deliveries by name: `npm run drill -- NAME`. */
export const drills: Readonly<Record<string, DrillLoader>> = {
  tests: async () => (await import("./every-test.ts")).testsDrill,
  interrupt: async () => (await import("./interrupt.ts")).interruptDrill,
  rollouts: async () => (await import("./rollouts/drill.ts")).rolloutsDrill,
};
