import type { Client } from "pg";
import type { Row } from "./rows.ts";

/** Rows at once; each is some hundred bytes of JSON. */
const AT_ONCE = 2000;

/**
 * Adds the rows that aren't there yet; what somebody changed since stays as they made it.
 * @returns how many were added
 */
export async function writeRows(client: Client, table: string, rows: readonly Row[]): Promise<number> {
  let added = 0;
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const part = rows.slice(from, from + AT_ONCE);
    const columns = Object.keys(part[0] ?? {})
      .map((name) => `"${name}"`)
      .join(", ");
    const { rowCount } = await client.query(
      `INSERT INTO "${table}" (${columns})
       SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1) ON CONFLICT DO NOTHING`,
      [JSON.stringify(part)],
    );
    added += rowCount ?? 0;
  }
  return added;
}
