import * as z from "zod";
import { paged } from "../../http/pages.ts";
import { ok, type ApiReply } from "../../http/reply.ts";
import type { ApiRequest } from "../../http/request.ts";
import type { Route } from "../../http/routes.ts";
import type { D1Backend, Database, Query } from "./backend.ts";
import { requestInvalid } from "./errors.ts";
import type { Imports } from "./imports.ts";

const DATABASES = "/accounts/:accountId/d1/database";
const DATABASE = `${DATABASES}/:databaseId`;
const SERVICE = "D1";
const SOURCE = "https://developers.cloudflare.com/api/resources/d1/";

const createSchema = z.object({
  name: z.string().regex(/^[\w-]{1,64}$/u, "must be letters, digits, underscores and dashes"),
  primary_location_hint: z.enum(["weur", "eeur", "apac", "oc", "wnam", "enam"]).optional(),
  jurisdiction: z.enum(["eu", "fedramp", "us"]).optional(),
});
const querySchema = z.object({ sql: z.string(), params: z.array(z.unknown()).optional() });
const queriesSchema = z.union([querySchema, z.object({ batch: z.array(querySchema) })]);
const importSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("init"), etag: z.string() }),
  z.object({ action: z.literal("ingest"), etag: z.string(), filename: z.string() }),
  z.object({ action: z.literal("poll"), current_bookmark: z.string() }),
]);

const doc = (summary: string) => ({ service: SERVICE, summary, source: SOURCE });

/** @see https://developers.cloudflare.com/api/resources/d1/ */
export function d1Routes(databases: D1Backend, imports: Imports, apiOrigin: () => string): readonly Route[] {
  return [
    ...databaseRoutes(databases),
    ...queryRoutes(databases),
    ...importRoutes(databases, imports, apiOrigin),
  ];
}

function databaseRoutes(databases: D1Backend): readonly Route[] {
  return [
    {
      method: "GET",
      path: DATABASES,
      scope: "d1:read",
      doc: { ...doc("list databases"), fields: { "?name": "supported", "?page, ?per_page": "supported" } },
      handle: (request) => {
        const name = request.url.searchParams.get("name") ?? "";
        return paged(
          request,
          databases.list().filter((database) => database.name.includes(name)),
        );
      },
    },
    {
      method: "POST",
      path: DATABASES,
      scope: "d1:write",
      doc: {
        ...doc("create a database"),
        fields: {
          name: "supported",
          primary_location_hint: "supported",
          jurisdiction: "approximated: kept and shown",
        },
      },
      handle: async (request) => {
        const { name, primary_location_hint: location, jurisdiction } = await request.json(createSchema);
        return ok(databases.create(name, { location, jurisdiction }));
      },
    },
    {
      method: "GET",
      path: DATABASE,
      scope: "d1:read",
      doc: { ...doc("a database, by id or name"), fields: { "?fields": "supported" } },
      handle: async (request) => ok(await describe(databases, request)),
    },
    {
      method: "DELETE",
      path: DATABASE,
      scope: "d1:write",
      doc: doc("delete a database with all that it holds"),
      handle: async (request) => {
        await databases.delete(idOf(request));
        return ok(null);
      },
    },
  ];
}

function queryRoutes(databases: D1Backend): readonly Route[] {
  const run = (form: "query" | "raw") => async (request: ApiRequest) => {
    const { uuid } = databases.get(idOf(request));
    const asked = await request.json(queriesSchema);
    const queries: readonly Query[] = "batch" in asked ? asked.batch : [asked];
    return ok(await databases.query(uuid, queries, form));
  };
  const fields = { sql: "supported", params: "supported", batch: "supported" } as const;
  return [
    {
      method: "POST",
      path: `${DATABASE}/query`,
      scope: "d1:write",
      doc: { ...doc("run statements"), fields },
      handle: run("query"),
    },
    {
      method: "POST",
      path: `${DATABASE}/raw`,
      scope: "d1:write",
      doc: {
        ...doc("run statements, rows as arrays"),
        coverage: "approximated: several statements are no transaction",
        fields,
      },
      handle: run("raw"),
    },
  ];
}

function importRoutes(databases: D1Backend, imports: Imports, apiOrigin: () => string): readonly Route[] {
  return [
    {
      method: "POST",
      path: `${DATABASE}/import`,
      scope: "d1:write",
      doc: {
        ...doc("run an SQL file"),
        fields: {
          "action: init": "supported",
          "action: ingest": "approximated: done when it answers",
          "action: poll": "refused: nothing to wait for",
        },
      },
      handle: async (request) => {
        const { uuid } = databases.get(idOf(request));
        const asked = await request.json(importSchema);
        switch (asked.action) {
          case "init": {
            const filename = imports.announce(uuid);
            return ok({
              type: "import",
              success: true,
              filename,
              upload_url: `${apiOrigin()}/__d1-imports/${filename}`,
            });
          }
          case "ingest":
            return ok(await imports.ingest(uuid, asked.filename));
          case "poll":
            throw requestInvalid("Not currently importing anything.");
        }
      },
    },
  ];
}

/** Where wrangler uploads a file to: on Cloudflare a signed address in R2, whose unguessable name is the credential here too. */
export function importUploadRoute(imports: Imports): Route {
  return {
    method: "PUT",
    path: "/__d1-imports/:filename",
    scope: "none",
    doc: { service: "D1", summary: "where an import's file goes, in place of a bucket of Cloudflare's" },
    handle: async (request): Promise<ApiReply> => {
      const etag = imports.upload(request.params["filename"] ?? "", await request.bytes());
      return { kind: "raw", status: 200, headers: { etag: `"${etag}"` }, body: "" };
    },
  };
}

async function describe(databases: D1Backend, request: ApiRequest): Promise<Partial<Database>> {
  const database = databases.get(idOf(request));
  const fields = request.url.searchParams.get("fields")?.split(",");
  if (fields) return Object.fromEntries(Object.entries(database).filter(([name]) => fields.includes(name)));
  const [tables] = await databases.query(database.uuid, [
    {
      sql: "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    },
  ]);
  const num_tables = (tables?.results as readonly { n: number }[] | undefined)?.at(0)?.n ?? 0;
  return { ...database, ...{ num_tables, file_size: Number(tables?.meta["size_after"] ?? 0) } };
}

function idOf(request: ApiRequest): string {
  return request.params["databaseId"] ?? "";
}
