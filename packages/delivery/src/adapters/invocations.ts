import * as z from "zod";
import type { VersionMetrics } from "../gate/metrics.ts";
import type { InvocationsRequest, MetricsWindow } from "../ports.ts";

/** Fields of `quantiles`, in microseconds, with their levels. */
const QUANTILES = {
  wallTimeP25: 0.25,
  wallTimeP50: 0.5,
  wallTimeP75: 0.75,
  wallTimeP90: 0.9,
  wallTimeP95: 0.95,
  wallTimeP99: 0.99,
  wallTimeP999: 0.999,
} as const;

const rowSchema = z.object({
  dimensions: z.object({ scriptVersion: z.string() }),
  sum: z.object({ requests: z.number(), errors: z.number() }),
  avg: z.object({ sampleInterval: z.number().nullish() }).nullish(),
  quantiles: z.record(z.string(), z.number().nullable()),
});

const answerSchema = z.object({
  data: z
    .object({
      viewer: z.object({ accounts: z.array(z.record(z.string(), z.array(rowSchema))) }),
    })
    .nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
});

/** One query for all windows: each has an alias, `window0` and so on, and comes back with a row per version. */
export function invocationsQuery(
  accountId: string,
  { worker, versions, windows }: InvocationsRequest,
): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } {
  const declared = windows.map((_, index) => `, $from${index}: Time!, $until${index}: Time!`).join("");
  const fields = `dimensions { scriptVersion } sum { requests errors } avg { sampleInterval } quantiles { ${Object.keys(QUANTILES).join(" ")} }`;
  const selections = windows.map(
    (_, index) =>
      `window${index}: workersInvocationsAdaptive(limit: 100, filter: { scriptName: $worker, scriptVersion_in: $versions, datetimeMinute_geq: $from${index}, datetimeMinute_lt: $until${index} }) { ${fields} }`,
  );
  return {
    query: `query($account: string!, $worker: string!, $versions: [string!]!${declared}) { viewer { accounts(filter: { accountTag: $account }) { ${selections.join(" ")} } } }`,
    variables: {
      account: accountId,
      worker,
      versions,
      ...Object.fromEntries(
        windows.flatMap(({ from, until }, index) => [
          [`from${index}`, from],
          [`until${index}`, until],
        ]),
      ),
    },
  };
}

export type InvocationsAnswer =
  | { readonly kind: "metrics"; readonly windows: readonly ReadonlyMap<string, VersionMetrics>[] }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * What an answer says of each version, by window. GraphQL answers 200 with errors inside.
 * @see https://developers.cloudflare.com/analytics/graphql-api/errors/
 */
export function parseInvocations(answer: unknown, windows: readonly MetricsWindow[]): InvocationsAnswer {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return { kind: "refused", reason: "the answer is none of the analytics API" };
  const { data, errors } = parsed.data;
  const account = data?.viewer.accounts[0];
  if (account === undefined || (errors && errors.length > 0))
    return { kind: "refused", reason: errors?.[0]?.message ?? "the answer names no account" };
  return {
    kind: "metrics",
    windows: windows.map((_, index) => new Map((account[`window${index}`] ?? []).map(toMetrics))),
  };
}

function toMetrics(row: z.infer<typeof rowSchema>): readonly [string, VersionMetrics] {
  const wallTimeMs = Object.entries(QUANTILES).flatMap(([name, level]) => {
    const microseconds = row.quantiles[name];
    return typeof microseconds !== "number" ? [] : [{ level, ms: microseconds / 1000 }];
  });
  const sampleInterval = Math.max(1, row.avg?.sampleInterval ?? 1);
  return [row.dimensions.scriptVersion, { ...row.sum, sampleInterval, wallTimeMs }];
}
