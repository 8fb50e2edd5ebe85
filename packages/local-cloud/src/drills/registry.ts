import type { DrillLoader } from "./drill.ts";

export { drawn, SAMPLE_VARIABLE, sampled } from "./sample.ts";
export type { Drill, DrillLoader, DrillOptions, DrillReport } from "./drill.ts";

/** The local cloud's drills by name: `npm run drill -- NAME`. One line each, `async () => (await import("./name.ts")).nameDrill`. */
export const drills: Readonly<Record<string, DrillLoader>> = {
  limits: async () => (await import("./limits.ts")).limitsDrill,
  traffic: async () => (await import("./traffic.ts")).trafficDrill,
  "hostile-requests": async () => (await import("./hostile-requests.ts")).hostileRequestsDrill,
  crash: async () => (await import("./crash.ts")).crashDrill,
  restore: async () => (await import("./restore.ts")).restoreDrill,
};
