import * as z from "zod";

/** What makes a Worker run, besides a version: Cloudflare keeps it outside of versions, so no rollback returns it. */
export interface Triggers {
  /** Host names of custom domains; none leaves those that are there. */
  readonly domains: readonly string[];
  /** Cron expressions; undefined leaves them as they are. */
  readonly schedules: readonly string[] | undefined;
  /** Whether it answers on workers.dev; undefined leaves it to wrangler. */
  readonly workersDev: boolean | undefined;
  /** Whether each version answers on a URL of its own; undefined leaves it to wrangler. */
  readonly previewUrls: boolean | undefined;
  /** Routes of a zone, which only wrangler can compare. */
  readonly hasZoneRoutes: boolean;
}

/** Triggers as the platform has them. */
export interface ObservedTriggers {
  readonly domains: readonly string[];
  readonly schedules: readonly string[];
  readonly workersDev: boolean;
  readonly previewUrls: boolean;
}

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
 * What wrangler's configuration declares for an environment, whose own keys replace those of the top level.
 * @see https://developers.cloudflare.com/workers/wrangler/configuration/#inheritable-keys
 */
export function declaredTriggers(top: TriggersConfig, own: TriggersConfig): Triggers {
  const routes = routesOf(own) ?? routesOf(top) ?? [];
  const domains = routes.flatMap((route) =>
    typeof route !== "string" && route.custom_domain === true ? [route.pattern] : [],
  );
  return {
    domains,
    schedules: (own.triggers ?? top.triggers)?.crons ?? undefined,
    workersDev: own.workers_dev ?? top.workers_dev,
    previewUrls: own.preview_urls ?? top.preview_urls,
    hasZoneRoutes: domains.length !== routes.length,
  };
}

/** Whether `triggerDifferences` tells all that wrangler would change. */
export function isComparable({ workersDev, previewUrls, hasZoneRoutes }: Triggers): boolean {
  return workersDev !== undefined && previewUrls !== undefined && !hasZoneRoutes;
}

/** What a release leaves behind that another one says nothing of: wrangler would let it be. */
export function leftBehind(
  left: Triggers,
  declared: Triggers,
): { readonly domains: readonly string[]; readonly schedules: boolean } {
  return {
    domains: declared.domains.length === 0 ? left.domains : [],
    schedules: declared.schedules === undefined && (left.schedules ?? []).length > 0,
  };
}

function routesOf({ route, routes }: TriggersConfig): readonly z.infer<typeof routeSchema>[] | undefined {
  return routes ?? (route === undefined ? undefined : [route]);
}

/** What has to change for the observed triggers to be the declared ones, each in words. */
export function triggerDifferences(declared: Triggers, observed: ObservedTriggers): readonly string[] {
  const domains = declared.domains.length === 0 ? observed.domains : declared.domains;
  return [
    ...setDifferences("domain", domains, observed.domains),
    ...setDifferences("schedule", declared.schedules ?? observed.schedules, observed.schedules),
    ...switchDifference("workers.dev", declared.workersDev ?? observed.workersDev, observed.workersDev),
    ...switchDifference("preview URLs", declared.previewUrls ?? observed.previewUrls, observed.previewUrls),
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
