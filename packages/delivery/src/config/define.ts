import type { ConfigurationInput } from "./schema.ts";

/** Types the configuration where it is written: `export default defineDelivery({…})`. */
export function defineDelivery(configuration: ConfigurationInput): ConfigurationInput {
  return configuration;
}
