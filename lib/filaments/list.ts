import { z } from "zod";
import { Prisma } from "../../generated/prisma/client.ts";
import { type Page, pageOf, readCursor } from "../keyset.ts";
import type { Scope } from "../scope.ts";
import { containing, wordsOf } from "../search/words.ts";
import type { FilamentFilter, FilamentName } from "./shape.ts";
import { type StockedFilament, stockedFilaments } from "./stocked.ts";

const keySchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** By material, brand and colour. */
export async function listFilaments(scope: Scope, filter: FilamentFilter): Promise<Page<StockedFilament>> {
  const { limit } = filter;
  const found = await scope.database.$queryRaw<StockedFilament[]>`
    SELECT * FROM (${stockedFilaments(scope)}) f
    WHERE ${Prisma.join(conditionsOf(filter), " AND ")}
    ORDER BY material, brand, "colorName", id LIMIT ${limit + 1}`;
  return pageOf({ found, limit, keyOf: (item) => [item.material, item.brand, item.colorName, item.id] });
}

function conditionsOf({ material, colorFamily, low, archived, query, cursor }: FilamentFilter): Prisma.Sql[] {
  const conditions = [archived ? Prisma.sql`"archivedAt" IS NOT NULL` : Prisma.sql`"archivedAt" IS NULL`];
  if (material) conditions.push(Prisma.sql`material = ${material}`);
  if (colorFamily) conditions.push(Prisma.sql`"colorFamily" = ${colorFamily}`);
  if (low) conditions.push(Prisma.sql`"stockGrams" < "lowStockGrams"`);
  for (const word of wordsOf(query)) conditions.push(Prisma.sql`"searchText" LIKE ${containing(word)}`);
  if (cursor) {
    const key = Prisma.join(readCursor(cursor, keySchema).map((value) => Prisma.sql`${value}::text`));
    conditions.push(Prisma.sql`(material, brand, "colorName", id) > (${key})`);
  }
  return conditions;
}

interface FilamentChoice extends FilamentName {
  readonly stockGrams: number;
  readonly reservedGrams: number;
}

/** All that a job could be printed with: by material, brand and colour. */
export async function filamentChoices(scope: Scope): Promise<readonly FilamentChoice[]> {
  return scope.database.$queryRaw<FilamentChoice[]>`
    SELECT id, brand, material, "colorName", "colorHex", "stockGrams", "reservedGrams"
    FROM (${stockedFilaments(scope)}) f WHERE "archivedAt" IS NULL
    ORDER BY material, brand, "colorName", id`;
}

export interface FilamentNames {
  readonly brands: readonly string[];
  readonly materials: readonly string[];
}

/** The brands and materials that a shop has, to choose from. */
export async function filamentNames({ database, user }: Scope): Promise<FilamentNames> {
  const [names] = await database.$queryRaw<FilamentNames[]>`
    SELECT COALESCE(json_agg(DISTINCT brand), '[]') AS brands,
      COALESCE(json_agg(DISTINCT material), '[]') AS materials
    FROM filaments WHERE "ownerId" = ${user.id} AND "archivedAt" IS NULL`;
  return names ?? { brands: [], materials: [] };
}
