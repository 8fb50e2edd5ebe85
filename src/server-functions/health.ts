import { createServerFn } from "@tanstack/react-start";
import { currentHealth } from "../../lib/health-check.ts";
import { requestContext } from "../../lib/request-context.ts";

/** The health report for a page, and which required settings are missing. */
export const loadHealth = createServerFn({ method: "GET" }).handler(async () => {
  const report = await currentHealth();
  return { report, missing: requestContext().reading.problems.map(({ name }) => name) };
});
