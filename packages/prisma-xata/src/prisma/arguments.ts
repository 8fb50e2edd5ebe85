import type { ArgType } from "@prisma/driver-adapter-utils";
import { arrayText, type ArrayElements } from "../types/array-text.ts";
import { bytesFromBase64, bytesToText } from "../types/bytes.ts";
import { dateToText, timestampToText, timeToText } from "../types/times.ts";

/** One of Prisma's arguments in PostgreSQL's text form, from which PostgreSQL reads whatever type the statement needs. */
export function argumentText(value: unknown, type: ArgType | undefined): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayText(elementTexts(value, type)) : scalarText(value, type);
}

function elementTexts(values: readonly unknown[], type: ArgType | undefined): ArrayElements {
  return values.map((value) => {
    if (value === null || value === undefined) return null;
    return Array.isArray(value) ? elementTexts(value, type) : scalarText(value, type);
  });
}

function scalarText(value: unknown, type: ArgType | undefined): string {
  if (value instanceof Date) return dateText(value, type);
  if (value instanceof Uint8Array) return bytesToText(value);
  if (typeof value === "string") return textOfString(value, type);
  if (typeof value === "number") return String(value);
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

/** Prisma writes times as ISO 8601 and bytes as base64. */
function textOfString(value: string, type: ArgType | undefined): string {
  if (type?.scalarType === "datetime") return dateText(new Date(value), type);
  if (type?.scalarType === "bytes") return bytesToText(bytesFromBase64(value));
  return value;
}

function dateText(date: Date, type: ArgType | undefined): string {
  if (type?.dbType === "DATE") return dateToText(date);
  return type?.dbType === "TIME" || type?.dbType === "TIMETZ" ? timeToText(date) : timestampToText(date);
}
