import type { DatabaseUnderTest } from "../support/database.ts";

const OWNERS = ["ownerId", "userId"];
/** What tells whose a thing is. Ids have 32 characters or more; shorter values are the same for many. */
const TELLING = /^(?:id|.*Id|token|email|sha256)$/u;
const SHORTEST = 16;

/** All rows of an account, in all tables that name an owner, as text. Files that are being removed go by themselves. */
export async function rowsOf(database: DatabaseUnderTest, userId: string): Promise<readonly string[]> {
  const columns = await database.query(
    `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
     AND column_name IN (${OWNERS.map((name) => `'${name}'`).join()}) ORDER BY 1`,
  );
  const selects = [
    `SELECT 'users' AS name, to_jsonb(t)::text AS row FROM users t WHERE id = '${userId}'`,
    `SELECT 'file_parts', to_jsonb(t)::text FROM file_parts t JOIN files f ON f.id = t."fileId" WHERE f."ownerId" = '${userId}'`,
    ...columns
      .map(({ table_name, column_name }) => [String(table_name), String(column_name)] as const)
      .map(
        ([table, column]) =>
          `SELECT '${table}', to_jsonb(t)::text FROM ${table} t WHERE "${column}" = '${userId}'` +
          (table === "files" ? ` AND state <> 'removing'` : ""),
      ),
  ];
  const rows = await database.query(`${selects.join(" UNION ALL ")} ORDER BY 1, 2`);
  return rows.map(({ name, row }) => `${String(name)} ${String(row)}`);
}

/** What in a text tells of an account: its ids, its addresses, its names. */
export type Leaks = (text: string, known?: string) => readonly string[];

/** Finds what rows have in a text, but for what whoever got it had asked with. */
export function leaksOf(rows: readonly string[], word: string): Leaks {
  const telling = new Set(rows.flatMap((row) => tellingValues(JSON.parse(row.slice(row.indexOf(" "))))));
  return (text, known = "") => [
    ...[...telling].filter((value) => text.includes(value) && !known.includes(value)),
    ...(text.toLowerCase().includes(word.toLowerCase()) ? [word] : []),
  ];
}

function tellingValues(row: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(row).flatMap(([name, value]) =>
    TELLING.test(name) && typeof value === "string" && value.length >= SHORTEST ? [value] : [],
  );
}
