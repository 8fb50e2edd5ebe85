import type { ResultValue } from "@prisma/driver-adapter-utils";
import { arrayElements, type ArrayElements } from "../types/array-text.ts";
import { bytesFromText } from "../types/bytes.ts";
import { ELEMENT_TYPE, OID } from "../types/oids.ts";
import { timestampFromText, timestamptzFromText, timetzFromText } from "../types/times.ts";

/**
 * A value in the form in which Prisma expects it of a driver adapter: integers and floats as numbers, 64-bit integers and numerics
 * as text, JSON as its text, times in ISO 8601 and UTC.
 */
export function valueFromText(text: string | null, typeId: number): ResultValue {
  if (text === null) return null;
  const elementType = ELEMENT_TYPE.get(typeId);
  const elements = elementType === undefined ? undefined : arrayElements(text);
  return elementType === undefined || elements === undefined
    ? scalarFromText(text, typeId)
    : elementsFromText(elements, elementType);
}

function elementsFromText(elements: ArrayElements, typeId: number): ResultValue[] {
  return elements.map((element) =>
    typeof element === "string" || element === null
      ? valueFromText(element, typeId)
      : elementsFromText(element, typeId),
  );
}

function scalarFromText(text: string, typeId: number): ResultValue {
  switch (typeId) {
    case OID.BOOL:
      return text === "t";
    case OID.INT2:
    case OID.INT4:
    case OID.OID:
    case OID.FLOAT4:
    case OID.FLOAT8:
      return Number(text);
    case OID.BYTEA:
      return bytesFromText(text);
    case OID.MONEY:
      return text.replaceAll(/[^\d.-]/gu, "");
    case OID.TIMESTAMP:
      return timestampFromText(text);
    case OID.TIMESTAMPTZ:
      return timestamptzFromText(text);
    case OID.TIMETZ:
      return timetzFromText(text);
    default:
      return text;
  }
}
