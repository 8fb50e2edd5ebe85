export { startCloud, type Cloud } from "./cloud.ts";
export { CloudFailed } from "./cloud-process.ts";
export { createNarrator } from "./narrator.ts";
export { rehearse, type Rehearsed } from "./rehearse.ts";
export { run, runOrFail, type Finished } from "./run.ts";
export { openShop, type Shop } from "./shop.ts";
export { deliverToStaging } from "./staging.ts";
export type { EnvironmentName } from "./world.ts";
