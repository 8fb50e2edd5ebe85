import { z } from "zod";
import { Prisma } from "../../generated/prisma/client.ts";
import { pageOf, readCursor } from "../keyset.ts";
import { owned, type Scope } from "../scope.ts";
import { containing, wordsOf } from "../search/words.ts";
import type { ModelFilter, ModelPage } from "./schemas.ts";

/** One row of the list; pictures by the id of their file. */
const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  designer: z.string(),
  category: z.string(),
  archivedAt: z.date().nullable(),
  updatedAt: z.date(),
  variants: z.coerce.number(),
  pictureId: z.string().nullable(),
  alt: z.string().nullable(),
  slicedId: z.string().nullable(),
});

type Row = z.infer<typeof rowSchema>;

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Models, those that changed last first; one statement, whatever the page shows of each. */
export async function listModels(scope: Scope, filter: ModelFilter): Promise<ModelPage> {
  const { limit } = filter;
  const rows = await scope.database.$queryRaw`
    SELECT page.*, cover.*, sliced.*,
      (SELECT count(*)::int FROM variants WHERE variants."modelId" = page.id) AS variants
    FROM (
      SELECT id, name, designer, category, "archivedAt", "updatedAt" FROM models
      WHERE ${Prisma.join(conditionsOf(scope, filter), " AND ")}
      ORDER BY "updatedAt" DESC, id LIMIT ${limit + 1}
    ) page
    LEFT JOIN LATERAL (
      SELECT pictures."fileId" AS "pictureId", pictures.alt FROM pictures
      JOIN files ON files.id = pictures."fileId" AND files.state = 'ready'
      WHERE pictures."modelId" = page.id ORDER BY pictures.position LIMIT 1
    ) cover ON true
    LEFT JOIN LATERAL (
      SELECT revisions."fileId" AS "slicedId" FROM variants
      JOIN revisions ON revisions."variantId" = variants.id
      JOIN files ON files.id = revisions."fileId" AND files.state = 'ready'
      WHERE variants."modelId" = page.id AND files.metadata ->> 'thumbnail' IS NOT NULL
      ORDER BY revisions."createdAt" DESC LIMIT 1
    ) sliced ON true
    ORDER BY page."updatedAt" DESC, page.id`;
  const found = z.array(rowSchema).parse(rows);
  const page = pageOf({ found, limit, keyOf: ({ updatedAt, id }) => [updatedAt.toISOString(), id] });
  return { items: page.items.map(summaryOf), nextCursor: page.nextCursor };
}

/** The categories of an account's models, by name, with how many each has. */
export async function modelCategories(
  scope: Scope,
): Promise<readonly { readonly name: string; readonly models: number }[]> {
  const groups = await scope.database.model.groupBy({
    by: ["category"],
    where: { ...owned(scope), archivedAt: null, category: { not: "" } },
    orderBy: { category: "asc" },
    _count: { _all: true },
  });
  return groups.map(({ category, _count }) => ({ name: category, models: _count._all }));
}

function conditionsOf(scope: Scope, { query, category, archived, cursor }: ModelFilter): Prisma.Sql[] {
  const words = wordsOf(query).map((word) => Prisma.sql`"searchText" LIKE ${containing(word)}`);
  return [
    Prisma.sql`"ownerId" = ${owned(scope).ownerId}`,
    archived ? Prisma.sql`"archivedAt" IS NOT NULL` : Prisma.sql`"archivedAt" IS NULL`,
    ...words,
    ...(category === undefined ? [] : [Prisma.sql`category = ${category}`]),
    ...(cursor ? [after(readCursor(cursor, cursorSchema))] : []),
  ];
}

function after([updatedAt, id]: readonly [string, string]): Prisma.Sql {
  const instant = Prisma.sql`${updatedAt}::timestamptz`;
  return Prisma.sql`("updatedAt" < ${instant} OR ("updatedAt" = ${instant} AND id > ${id}))`;
}

function summaryOf({
  pictureId,
  slicedId,
  alt,
  archivedAt,
  updatedAt,
  ...row
}: Row): ModelPage["items"][number] {
  const url = pictureId === null ? null : `/api/files/${pictureId}`;
  const slicedUrl = slicedId === null ? null : `/api/files/${slicedId}/thumbnail`;
  return {
    ...row,
    archived: archivedAt !== null,
    picture:
      url === null ? (slicedUrl === null ? null : { url: slicedUrl, alt: "" }) : { url, alt: alt ?? "" },
    updatedAt: updatedAt.toISOString(),
  };
}
