/**
 * Object ids of PostgreSQL's built-in types: the same in every database.
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_type.dat
 */
export const OID = {
  BOOL: 16,
  BYTEA: 17,
  CHAR: 18,
  NAME: 19,
  INT8: 20,
  INT2: 21,
  INT4: 23,
  TEXT: 25,
  OID: 26,
  JSON: 114,
  XML: 142,
  CIDR: 650,
  FLOAT4: 700,
  FLOAT8: 701,
  MONEY: 790,
  INET: 869,
  BPCHAR: 1042,
  VARCHAR: 1043,
  DATE: 1082,
  TIME: 1083,
  TIMESTAMP: 1114,
  TIMESTAMPTZ: 1184,
  TIMETZ: 1266,
  BIT: 1560,
  VARBIT: 1562,
  NUMERIC: 1700,
  UUID: 2950,
  JSONB: 3802,
} as const;

/** The type of the elements by the type of the array. */
export const ELEMENT_TYPE: ReadonlyMap<number, number> = new Map([
  [143, OID.XML],
  [199, OID.JSON],
  [651, OID.CIDR],
  [791, OID.MONEY],
  [1000, OID.BOOL],
  [1001, OID.BYTEA],
  [1002, OID.CHAR],
  [1003, OID.NAME],
  [1005, OID.INT2],
  [1007, OID.INT4],
  [1009, OID.TEXT],
  [1014, OID.BPCHAR],
  [1015, OID.VARCHAR],
  [1016, OID.INT8],
  [1021, OID.FLOAT4],
  [1022, OID.FLOAT8],
  [1028, OID.OID],
  [1041, OID.INET],
  [1115, OID.TIMESTAMP],
  [1182, OID.DATE],
  [1183, OID.TIME],
  [1185, OID.TIMESTAMPTZ],
  [1231, OID.NUMERIC],
  [1270, OID.TIMETZ],
  [1561, OID.BIT],
  [1563, OID.VARBIT],
  [2951, OID.UUID],
  [3807, OID.JSONB],
]);

/** Types that a database defines itself (enums, domains, extensions) have ids from here on. */
export const FIRST_USER_TYPE = 16_384;
