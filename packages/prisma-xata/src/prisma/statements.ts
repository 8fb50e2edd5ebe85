import type { SqlQuery, SqlResultSet } from "@prisma/driver-adapter-utils";
import type { Statement, TextResult } from "../result.ts";
import { argumentText } from "./arguments.ts";
import { columnType } from "./column-types.ts";
import { valueFromText } from "./values.ts";

/** How Prisma names the adapter in messages. */
export const ADAPTER_NAME = "prisma-xata";

/** Prisma's query with every parameter as text. */
export function statementOf({ sql, args, argTypes }: SqlQuery): Statement {
  return { sql, parameters: args.map((value, index) => argumentText(value, argTypes[index])) };
}

/** A result as Prisma reads it. @throws {DriverAdapterError} UnsupportedNativeDataType */
export function resultSet({ columns, rows }: TextResult): SqlResultSet {
  return {
    columnNames: columns.map(({ name }) => name),
    columnTypes: columns.map(({ typeId }) => columnType(typeId)),
    rows: rows.map((row) => row.map((text, index) => valueFromText(text, columns[index]?.typeId ?? 0))),
  };
}
