import { ColumnTypeEnum, DriverAdapterError, type ColumnType } from "@prisma/driver-adapter-utils";
import { ELEMENT_TYPE, FIRST_USER_TYPE, OID } from "../types/oids.ts";

const SCALARS: ReadonlyMap<number, ColumnType> = new Map<number, ColumnType>([
  [OID.BOOL, ColumnTypeEnum.Boolean],
  [OID.BYTEA, ColumnTypeEnum.Bytes],
  [OID.CHAR, ColumnTypeEnum.Character],
  [OID.NAME, ColumnTypeEnum.Text],
  [OID.INT8, ColumnTypeEnum.Int64],
  [OID.INT2, ColumnTypeEnum.Int32],
  [OID.INT4, ColumnTypeEnum.Int32],
  [OID.TEXT, ColumnTypeEnum.Text],
  [OID.OID, ColumnTypeEnum.Int64],
  [OID.JSON, ColumnTypeEnum.Json],
  [OID.XML, ColumnTypeEnum.Text],
  [OID.CIDR, ColumnTypeEnum.Text],
  [OID.FLOAT4, ColumnTypeEnum.Float],
  [OID.FLOAT8, ColumnTypeEnum.Double],
  [OID.MONEY, ColumnTypeEnum.Numeric],
  [OID.INET, ColumnTypeEnum.Text],
  [OID.BPCHAR, ColumnTypeEnum.Text],
  [OID.VARCHAR, ColumnTypeEnum.Text],
  [OID.DATE, ColumnTypeEnum.Date],
  [OID.TIME, ColumnTypeEnum.Time],
  [OID.TIMESTAMP, ColumnTypeEnum.DateTime],
  [OID.TIMESTAMPTZ, ColumnTypeEnum.DateTime],
  [OID.TIMETZ, ColumnTypeEnum.Time],
  [OID.BIT, ColumnTypeEnum.Text],
  [OID.VARBIT, ColumnTypeEnum.Text],
  [OID.NUMERIC, ColumnTypeEnum.Numeric],
  [OID.UUID, ColumnTypeEnum.Uuid],
  [OID.JSONB, ColumnTypeEnum.Json],
]);

const ARRAYS: ReadonlyMap<ColumnType, ColumnType> = new Map<ColumnType, ColumnType>([
  [ColumnTypeEnum.Boolean, ColumnTypeEnum.BooleanArray],
  [ColumnTypeEnum.Bytes, ColumnTypeEnum.BytesArray],
  [ColumnTypeEnum.Character, ColumnTypeEnum.CharacterArray],
  [ColumnTypeEnum.Text, ColumnTypeEnum.TextArray],
  [ColumnTypeEnum.Int64, ColumnTypeEnum.Int64Array],
  [ColumnTypeEnum.Int32, ColumnTypeEnum.Int32Array],
  [ColumnTypeEnum.Json, ColumnTypeEnum.JsonArray],
  [ColumnTypeEnum.Float, ColumnTypeEnum.FloatArray],
  [ColumnTypeEnum.Double, ColumnTypeEnum.DoubleArray],
  [ColumnTypeEnum.Numeric, ColumnTypeEnum.NumericArray],
  [ColumnTypeEnum.Date, ColumnTypeEnum.DateArray],
  [ColumnTypeEnum.Time, ColumnTypeEnum.TimeArray],
  [ColumnTypeEnum.DateTime, ColumnTypeEnum.DateTimeArray],
  [ColumnTypeEnum.Uuid, ColumnTypeEnum.UuidArray],
]);

/** Names for the message about types that Prisma has no form for; others are named by their id. */
const UNSUPPORTED_NAMES: ReadonlyMap<number, string> = new Map([
  [600, "point"],
  [601, "lseg"],
  [602, "path"],
  [603, "box"],
  [604, "polygon"],
  [628, "line"],
  [718, "circle"],
  [829, "macaddr"],
  [1186, "interval"],
  [2205, "regclass"],
  [2249, "record"],
  [2278, "void"],
  [3220, "pg_lsn"],
  [3614, "tsvector"],
  [3615, "tsquery"],
]);

/**
 * Prisma's name for a PostgreSQL type, as `@prisma/adapter-pg` gives it, and `"char"` besides. A type that the database defines
 * itself is text.
 * @throws {DriverAdapterError} UnsupportedNativeDataType
 * @see https://github.com/prisma/prisma/blob/7.10.0/packages/adapter-pg/src/conversion.ts
 */
export function columnType(typeId: number): ColumnType {
  const elementId = ELEMENT_TYPE.get(typeId);
  const scalar = SCALARS.get(elementId ?? typeId);
  const type = elementId === undefined ? scalar : scalar && ARRAYS.get(scalar);
  if (type !== undefined) return type;
  if (typeId >= FIRST_USER_TYPE) return ColumnTypeEnum.Text;
  const name = UNSUPPORTED_NAMES.get(typeId) ?? `oid ${typeId}`;
  throw new DriverAdapterError({ kind: "UnsupportedNativeDataType", type: name });
}
