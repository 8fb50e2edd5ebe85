export type { LocalCloudOptions } from "./cloud-options.ts";
export { startLocalCloud, type LocalCloud } from "./cloud.ts";
export { LocalCloudError, type LocalCloudErrorCode } from "./errors.ts";
export type { RequestRecord } from "./dataplane/exchange.ts";
export type { Ready } from "./ready-file.ts";
export { startXata, type XataService } from "./services/xata/backend.ts";
