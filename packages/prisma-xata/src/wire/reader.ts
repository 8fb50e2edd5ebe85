import type { PostgresFields } from "../errors.ts";
import type { Column } from "../result.ts";
import { join } from "./messages.ts";

/**
 * Messages from PostgreSQL. Those that say nothing a client of ours needs are `other`.
 * @see https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
export type BackendMessage =
  | { readonly type: "authenticated" }
  | { readonly type: "sasl"; readonly mechanisms: readonly string[] }
  | { readonly type: "saslContinue" | "saslFinal"; readonly data: string }
  | { readonly type: "authenticationRequest"; readonly method: number }
  | { readonly type: "columns"; readonly columns: readonly Column[] }
  | { readonly type: "row"; readonly values: readonly (string | null)[] }
  | { readonly type: "complete"; readonly tag: string }
  | { readonly type: "error"; readonly fields: PostgresFields }
  | { readonly type: "ready" }
  | { readonly type: "copy" }
  | { readonly type: "other" };

const HEADER_BYTES = 5;
const decoder = new TextDecoder();

/** Takes bytes as they come and gives the messages that are complete; keeps the rest for the next time. */
export class MessageReader {
  #rest: Uint8Array = new Uint8Array();

  read(bytes: Uint8Array): readonly BackendMessage[] {
    const buffer = this.#rest.length === 0 ? bytes : join(this.#rest, bytes);
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    const messages: BackendMessage[] = [];
    let offset = 0;
    while (buffer.length - offset >= HEADER_BYTES) {
      const end = offset + 1 + view.getInt32(offset + 1);
      if (end > buffer.length) break;
      const type = String.fromCharCode(view.getUint8(offset));
      messages.push(parseMessage(type, new Fields(buffer.subarray(offset + HEADER_BYTES, end))));
      offset = end;
    }
    this.#rest = buffer.subarray(offset);
    return messages;
  }
}

/** Reads the fields of a message one after the other. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  int16(): number {
    this.#offset += 2;
    return this.#view.getInt16(this.#offset - 2);
  }

  int32(): number {
    this.#offset += 4;
    return this.#view.getInt32(this.#offset - 4);
  }

  uint32(): number {
    this.#offset += 4;
    return this.#view.getUint32(this.#offset - 4);
  }

  skip(bytes: number): void {
    this.#offset += bytes;
  }

  text(length: number): string {
    this.#offset += length;
    return decoder.decode(this.#bytes.subarray(this.#offset - length, this.#offset));
  }

  /** Up to the next zero byte; empty at the end. */
  word(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    const word = this.text((end === -1 ? this.#bytes.length : end) - this.#offset);
    this.#offset += 1;
    return word;
  }

  remaining(): string {
    return this.text(this.#bytes.length - this.#offset);
  }
}

function parseMessage(type: string, fields: Fields): BackendMessage {
  switch (type) {
    case "R":
      return parseAuthentication(fields);
    case "T":
      return { type: "columns", columns: times(fields.int16(), () => parseColumn(fields)) };
    case "D":
      return { type: "row", values: times(fields.int16(), () => parseValue(fields)) };
    case "C":
      return { type: "complete", tag: fields.word() };
    case "I":
      return { type: "complete", tag: "" };
    case "E":
      return { type: "error", fields: parseError(fields) };
    case "Z":
      return { type: "ready" };
    case "G":
    case "H":
    case "W":
      return { type: "copy" };
    default:
      return { type: "other" };
  }
}

/** @see https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-AUTHENTICATIONSASL */
function parseAuthentication(fields: Fields): BackendMessage {
  const method = fields.int32();
  switch (method) {
    case 0:
      return { type: "authenticated" };
    case 10:
      return { type: "sasl", mechanisms: wordsOf(fields) };
    case 11:
      return { type: "saslContinue", data: fields.remaining() };
    case 12:
      return { type: "saslFinal", data: fields.remaining() };
    default:
      return { type: "authenticationRequest", method };
  }
}

const BYTES_BEFORE_TYPE = 6;
const BYTES_AFTER_TYPE = 8;

function parseColumn(fields: Fields): Column {
  const name = fields.word();
  fields.skip(BYTES_BEFORE_TYPE);
  const typeId = fields.uint32();
  fields.skip(BYTES_AFTER_TYPE);
  return { name, typeId };
}

function parseValue(fields: Fields): string | null {
  const length = fields.int32();
  return length === -1 ? null : fields.text(length);
}

/** @see https://www.postgresql.org/docs/18/protocol-error-fields.html */
function parseError(fields: Fields): PostgresFields {
  const byLetter = new Map(wordsOf(fields).map((word) => [word.charAt(0), word.slice(1)]));
  return {
    code: byLetter.get("C") ?? "XX000",
    message: byLetter.get("M") ?? "",
    severity: byLetter.get("V") ?? "ERROR",
    detail: byLetter.get("D"),
    hint: byLetter.get("H"),
    schema: byLetter.get("s"),
    table: byLetter.get("t"),
    column: byLetter.get("c"),
    constraint: byLetter.get("n"),
  };
}

/** Words up to the empty one that ends them. */
function wordsOf(fields: Fields): readonly string[] {
  const words: string[] = [];
  for (let word = fields.word(); word !== ""; word = fields.word()) words.push(word);
  return words;
}

function times<T>(count: number, make: () => T): readonly T[] {
  return Array.from({ length: count }, make);
}
