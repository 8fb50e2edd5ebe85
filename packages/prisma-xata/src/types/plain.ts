import { arrayText, type ArrayElements } from "./array-text.ts";
import { bytesToText } from "./bytes.ts";
import { OID } from "./oids.ts";
import { timestampToText } from "./times.ts";

/** By column name; of two columns with one name, the later. */
export type Row = Readonly<Record<string, unknown>>;

/** What a parameter may be: an array is one of PostgreSQL's, a date is an instant. JSON is passed as its text. */
export type Parameter = string | number | bigint | boolean | null | Date | Uint8Array | readonly Parameter[];

/**
 * A value as plain JavaScript has it: booleans, numbers up to 32 bits and floats as such, JSON parsed, null as null. Everything
 * else, 64-bit integers, numerics, times and arrays among them, stays PostgreSQL's text, which loses nothing.
 */
export function plainValue(text: string | null, typeId: number): unknown {
  if (text === null) return null;
  switch (typeId) {
    case OID.BOOL:
      return text === "t";
    case OID.INT2:
    case OID.INT4:
    case OID.OID:
    case OID.FLOAT4:
    case OID.FLOAT8:
      return Number(text);
    case OID.JSON:
    case OID.JSONB:
      return JSON.parse(text);
    default:
      return text;
  }
}

/** A parameter in PostgreSQL's text form. */
export function parameterText(parameter: Parameter): string | null {
  if (parameter === null || typeof parameter === "string") return parameter;
  if (parameter instanceof Date) return timestampToText(parameter);
  if (parameter instanceof Uint8Array) return bytesToText(parameter);
  return typeof parameter === "object" ? arrayText(elements(parameter)) : String(parameter);
}

function elements(parameters: readonly Parameter[]): ArrayElements {
  return parameters.map((parameter) =>
    Array.isArray(parameter) ? elements(parameter) : parameterText(parameter),
  );
}
