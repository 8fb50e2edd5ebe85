import * as z from "zod";
import type { RawReply } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import { executeGraphql, type GraphqlSources } from "./graphql/execute.ts";

const requestSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** @see https://developers.cloudflare.com/analytics/graphql-api/ */
export function graphqlRoutes(sources: GraphqlSources): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/graphql",
      scope: "analytics:read",
      doc: {
        service: "Analytics: GraphQL",
        summary: "metrics of the edge's own traffic, of buckets and their operations",
        source: "https://developers.cloudflare.com/analytics/graphql-api/",
        fields: {
          "viewer.accounts.workersInvocationsAdaptive":
            "approximated: requests that static assets answered count as invocations; a second's percentiles come from up to 256 of its requests",
          "workersInvocationsAdaptive.sum.subrequests": "approximated: 0, the runtime doesn't tell",
          "workersInvocationsAdaptive.quantiles.cpuTime…":
            "approximated: null, the open-source runtime doesn't measure CPU time",
          "viewer.accounts.r2StorageAdaptiveGroups": "approximated: as it is now, without history",
          "viewer.accounts.r2OperationsAdaptiveGroups":
            "approximated: operations through the API, not those of Workers' bindings",
          "viewer.zones": "refused: there are no zones",
          "other datasets": "refused: the schema hasn't them",
        },
      },
      handle: async (request) => json(await executeGraphql(sources, await request.json(requestSchema))),
    },
  ];
}

function json(value: unknown): RawReply {
  const headers = { "content-type": "application/json; charset=UTF-8" };
  return { kind: "raw", status: 200, headers, body: JSON.stringify(value) };
}
