import type { DrillLoader } from "./drill.ts";

export type { DrillReport } from "./drill.ts";

/** Delivery's drills by name: `npm run drill -- NAME`. */
export const drills: Readonly<Record<string, DrillLoader>> = {
  gates: async () => (await import("./gates.ts")).gatesDrill,
};
