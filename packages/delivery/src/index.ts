export { defineDelivery } from "./config/define.ts";
export type { ConfigurationInput } from "./config/schema.ts";
export { DeliveryError, type DeliveryErrorCode } from "./errors.ts";
export { probeHttp } from "./adapters/http-probe.ts";
