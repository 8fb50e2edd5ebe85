import { arrayElements } from "./array-text.ts";

/** A column of a result, as PostgreSQL's RowDescription gives it. */
export interface Column {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
  readonly dataTypeSize: number;
  readonly dataTypeModifier: number;
}

export type TextRow = readonly (string | null)[];

export interface RowFormat {
  readonly arrayMode: boolean;
  readonly rawTextOutput: boolean;
}

/** Object ids of built-in types: the same in every PostgreSQL. @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_type.dat */
const BOOL = 16;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const JSON_TYPE = 114;
const FLOAT4 = 700;
const FLOAT8 = 701;
const JSONB = 3802;
const TEXT = 25;

/** Array types that the gateway takes apart, with the type of their elements; it leaves all others as text. */
const ELEMENT_TYPES: ReadonlyMap<number, number> = new Map([
  [1000, BOOL],
  [1005, INT2],
  [1007, INT4],
  [1016, INT8],
  [1021, FLOAT4],
  [1022, FLOAT8],
  [199, JSON_TYPE],
  [3807, JSONB],
  [1009, TEXT],
  [1015, TEXT],
  [1231, TEXT],
]);

/** One row as JSON text. With two columns of one name and no array mode, the later one wins. */
export function rowJson(row: TextRow, columns: readonly Column[], format: RowFormat): string {
  const values = row.map((text, index) =>
    valueJson(text, columns[index]?.dataTypeID ?? TEXT, format.rawTextOutput),
  );
  if (format.arrayMode) return `[${values.join(",")}]`;
  const members = new Map(columns.map((column, index) => [column.name, values[index] ?? "null"]));
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

/** What surrounds the rows. */
export function resultJson(result: {
  readonly columns: readonly Column[];
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: readonly string[];
  readonly arrayMode: boolean;
}): string {
  const fields = result.columns.map((column) => ({
    name: column.name,
    tableID: column.tableID,
    columnID: column.columnID,
    dataTypeID: column.dataTypeID,
    dataTypeSize: column.dataTypeSize,
    dataTypeModifier: column.dataTypeModifier,
    format: "text",
  }));
  const members = [
    `"fields":${JSON.stringify(fields)}`,
    `"command":${JSON.stringify(result.command)}`,
    `"rowCount":${result.rowCount}`,
    `"rows":[${result.rows.join(",")}]`,
    `"rowAsArray":${result.arrayMode}`,
  ];
  return `{${members.join(",")}}`;
}

/** A value in PostgreSQL's text form as JSON text. JSON passes through byte for byte, so that long numbers in it stay whole. */
export function valueJson(text: string | null, dataTypeID: number, rawTextOutput: boolean): string {
  if (text === null) return "null";
  if (rawTextOutput) return JSON.stringify(text);
  switch (dataTypeID) {
    case BOOL:
      return text === "t" ? "true" : "false";
    case INT2:
    case INT4:
    case JSON_TYPE:
    case JSONB:
      return text;
    case FLOAT4:
    case FLOAT8:
      return Number.isFinite(Number(text)) ? text : JSON.stringify(text);
    default:
      return arrayJson(text, ELEMENT_TYPES.get(dataTypeID)) ?? JSON.stringify(text);
  }
}

function arrayJson(text: string, elementType: number | undefined): string | undefined {
  if (elementType === undefined) return undefined;
  const elements = arrayElements(text);
  return elements === undefined ? undefined : elementsJson(elements, elementType);
}

type Elements = NonNullable<ReturnType<typeof arrayElements>>;

/** An empty array is null: the gateway's list has no memory behind it then, which Go writes as null. */
function elementsJson(elements: Elements, elementType: number): string {
  if (elements.length === 0) return "null";
  const values = elements.map((element) =>
    typeof element === "string" || element === null
      ? valueJson(element, elementType, false)
      : elementsJson(element, elementType),
  );
  return `[${values.join(",")}]`;
}
