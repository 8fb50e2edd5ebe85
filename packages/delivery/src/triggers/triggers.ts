import * as z from "zod";

/** What makes a Worker run, besides a version: Cloudflare keeps it outside of versions, so no rollback returns it. */
export interface Triggers {
  /** Host names of custom domains. */
  readonly domains: readonly string[];
  /** Cron expressions; undefined leaves them as they are. */
  readonly schedules: readonly string[] | undefined;
  /** Whether it answers on workers.dev. */
  readonly workersDev: boolean;
  /** Whether each version answers on a URL of its own. */
  readonly previewUrls: boolean;
}

/** Triggers as the platform has them. */
export type ObservedTriggers = Triggers & { readonly schedules: readonly string[] };

const routeSchema = z.union([
  z.string(),
  z.looseObject({ pattern: z.string(), custom_domain: z.boolean().optional() }),
]);

/** The part of wrangler's configuration that is about triggers. */
export const triggersConfigSchema = z.looseObject({
  route: routeSchema.optional(),
  routes: z.array(routeSchema).optional(),
  triggers: z.looseObject({ crons: z.array(z.string()).nullish() }).optional(),
  workers_dev: z.boolean().optional(),
  preview_urls: z.boolean().optional(),
});
export type TriggersConfig = z.infer<typeof triggersConfigSchema>;

/**
 * What wrangler's configuration declares for an environment, whose own keys replace those of the top level. Undefined where
 * it can't be told without wrangler: routes of a zone, or a default of `workers_dev` and `preview_urls`.
 * @see https://developers.cloudflare.com/workers/wrangler/configuration/#inheritable-keys
 */
export function declaredTriggers(top: TriggersConfig, own: TriggersConfig): Triggers | undefined {
  const routes = routesOf(own) ?? routesOf(top) ?? [];
  const domains = routes.flatMap((route) =>
    typeof route !== "string" && route.custom_domain === true ? [route.pattern] : [],
  );
  const workersDev = own.workers_dev ?? top.workers_dev;
  const previewUrls = own.preview_urls ?? top.preview_urls;
  if (domains.length !== routes.length || workersDev === undefined || previewUrls === undefined)
    return undefined;
  const schedules = (own.triggers ?? top.triggers)?.crons ?? undefined;
  return { domains, schedules, workersDev, previewUrls };
}

function routesOf({ route, routes }: TriggersConfig): readonly z.infer<typeof routeSchema>[] | undefined {
  return routes ?? (route === undefined ? undefined : [route]);
}

/** What has to change for the observed triggers to be the declared ones, each in words. */
export function triggerDifferences(declared: Triggers, observed: ObservedTriggers): readonly string[] {
  return [
    ...setDifferences("domain", declared.domains, observed.domains),
    ...setDifferences("schedule", declared.schedules ?? observed.schedules, observed.schedules),
    ...switchDifference("workers.dev", declared.workersDev, observed.workersDev),
    ...switchDifference("preview URLs", declared.previewUrls, observed.previewUrls),
  ];
}

function setDifferences(
  what: string,
  declared: readonly string[],
  observed: readonly string[],
): readonly string[] {
  return [
    ...declared.filter((one) => !observed.includes(one)).map((one) => `${what} ${one} is missing`),
    ...observed.filter((one) => !declared.includes(one)).map((one) => `${what} ${one} is not declared`),
  ];
}

function switchDifference(what: string, declared: boolean, observed: boolean): readonly string[] {
  return declared === observed ? [] : [`${what} should be ${declared ? "on" : "off"}`];
}
