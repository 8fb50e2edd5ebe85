import type { DatabaseSync } from "node:sqlite";
import type { DataPoints } from "./data-points.ts";
import { SqlRefused } from "./errors.ts";
import type { ResultType } from "./functions.ts";
import { translate, type Translation } from "./translate.ts";

export interface SqlAnswer {
  readonly contentType: string;
  readonly body: string;
}

type Column = Translation["columns"][number];
type Value = string | number | null;

/**
 * Answers a statement of the SQL API.
 * @throws {SqlRefused} for one that is wrong or not supported.
 * @see https://developers.cloudflare.com/analytics/analytics-engine/sql-api/
 */
export function answerSql(database: DatabaseSync, points: DataPoints, sql: string): SqlAnswer {
  const translation = translate(sql);
  const datasets = points.datasets();
  if (translation.kind === "tables") {
    const columns: readonly Column[] = [
      { name: "dataset", type: "String" },
      { name: "type", type: "String" },
    ];
    return formatted(
      translation.format,
      columns,
      datasets.map((name) => [name, "table"]),
    );
  }
  if (!datasets.includes(translation.dataset))
    throw new SqlRefused(
      `unable to find table: ${translation.dataset}; a dataset begins with its first data point`,
    );
  const rows = executed(database, translation).map((row) =>
    translation.columns.map(({ name, type }) => shown(row[name], type)),
  );
  return formatted(translation.format, translation.columns, rows);
}

function executed(
  database: DatabaseSync,
  { sql, dataset }: Translation,
): readonly Readonly<Record<string, unknown>>[] {
  try {
    return database.prepare(sql).all(dataset);
  } catch (error) {
    throw new SqlRefused(
      `unable to execute query: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function shown(value: unknown, type: ResultType): Value {
  if (value === null || value === undefined) return null;
  if (type === "DateTime") return new Date(Number(value) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return typeof value === "string" ? value : Number(value);
}

function formatted(
  format: Translation["format"],
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): SqlAnswer {
  const object = (row: readonly Value[]) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
  switch (format) {
    case "JSON":
      return {
        contentType: "application/json",
        body: JSON.stringify({ meta: columns, data: rows.map(object), rows: rows.length }),
      };
    case "JSONEachRow":
      return {
        contentType: "application/x-ndjson",
        body: rows.map((row) => `${JSON.stringify(object(row))}\n`).join(""),
      };
    case "TabSeparated":
      return {
        contentType: "text/tab-separated-values; charset=UTF-8",
        body: rows.map((row) => `${row.map(tabSeparated).join("\t")}\n`).join(""),
      };
  }
}

/** @see https://clickhouse.com/docs/en/interfaces/formats/TabSeparated */
function tabSeparated(value: Value): string {
  if (value === null) return "\\N";
  return String(value).replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}
