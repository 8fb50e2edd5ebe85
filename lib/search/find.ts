import { Prisma } from "../../generated/prisma/client.ts";
import type { Scope } from "../scope.ts";
import type { Findings } from "./shape.ts";
import { beginningWith, containing, wordsOf } from "./words.ts";

const NOTHING: Findings = { models: [], variants: [], filaments: [] };

/**
 * Models, variants and filaments whose text holds every word of the query, in one statement. First what begins with the
 * first word, then what has a word that does, then the rest; the newest first among equals.
 */
export async function find(
  { database, user }: Scope,
  { query, limit }: { readonly query: string; readonly limit: number },
): Promise<Findings> {
  const words = wordsOf(query);
  const [first] = words;
  if (first === undefined) return NOTHING;

  const among = (table: string) => matching({ table, ownerId: user.id, words, first, limit });
  const [found] = await database.$queryRaw<Findings[]>`
    WITH model AS (${among("models")}), variant AS (${among("variants")}), filament AS (${among("filaments")})
    SELECT
      (SELECT COALESCE(json_agg(json_build_object('id', id, 'name', name, 'designer', designer,
        'category', category) ORDER BY place), '[]') FROM model) AS models,
      (SELECT COALESCE(json_agg(json_build_object('id', v.id, 'name', v.name, 'modelId', v."modelId",
        'modelName', m.name) ORDER BY v.place), '[]') FROM variant v JOIN models m ON m.id = v."modelId") AS variants,
      (SELECT COALESCE(json_agg(json_build_object('id', id, 'brand', brand, 'material', material,
        'colorName', "colorName", 'colorHex', "colorHex") ORDER BY place), '[]') FROM filament) AS filaments`;
  return found ?? NOTHING;
}

interface Matching {
  readonly table: string;
  readonly ownerId: string;
  readonly words: readonly string[];
  readonly first: string;
  readonly limit: number;
}

function matching({ table, ownerId, words, first, limit }: Matching): Prisma.Sql {
  const holdsAll = words.map((word) => Prisma.sql`"searchText" LIKE ${containing(word)}`);
  const isShown = table === "variants" ? Prisma.empty : Prisma.sql`AND "archivedAt" IS NULL`;
  return Prisma.sql`
    SELECT *, row_number() OVER (ORDER BY rank, "updatedAt" DESC, id) AS place FROM (
      SELECT *, CASE WHEN "searchText" LIKE ${beginningWith(first)} THEN 0
        WHEN "searchText" LIKE ${containing(` ${first}`)} THEN 1 ELSE 2 END AS rank
      FROM ${Prisma.raw(table)}
      WHERE "ownerId" = ${ownerId} ${isShown} AND ${Prisma.join(holdsAll, " AND ")}
    ) matches ORDER BY rank, "updatedAt" DESC, id LIMIT ${limit}`;
}
