import { paged } from "../../http/pages.ts";
import type { Route } from "../../http/routes.ts";
import type { DurableObjectsBackend } from "./backend.ts";

/** @see https://developers.cloudflare.com/api/resources/durable_objects/subresources/namespaces/ */
export function durableObjectRoutes(objects: DurableObjectsBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/accounts/:accountId/workers/durable_objects/namespaces",
      scope: "workers:read",
      doc: {
        service: "Durable Objects",
        summary: "list namespaces",
        source: "https://developers.cloudflare.com/api/resources/durable_objects/subresources/namespaces/",
        fields: {
          "migrations of an upload": "supported",
          transferred_classes: "refused: by name (10501)",
          "two versions at a time":
            "refused: by name (10501); preview addresses aren't made, as on the real service",
          "bindings to another Worker's classes": "refused: by name (10501)",
        },
      },
      handle: (request) =>
        paged(
          request,
          objects.all().map(({ namespaceId, worker, className, storage }) => ({
            id: namespaceId,
            name: `${worker}_${className}`,
            script: worker,
            class: className,
            use_sqlite: storage === "sqlite",
          })),
        ),
    },
  ];
}
