import type { Statement } from "../result.ts";

/**
 * Messages to PostgreSQL, as bytes.
 * @see https://www.postgresql.org/docs/18/protocol-message-formats.html
 */

/** Protocol 3.0. */
const PROTOCOL_VERSION = 196_608;
const NULL_LENGTH = -1;

/** In memory that isn't shared, as WebSockets want them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export function startupMessage(parameters: Readonly<Record<string, string>>): Bytes {
  const words = Object.entries(parameters).flatMap(([name, value]) => [terminated(name), terminated(value)]);
  return withLength(join(int32(PROTOCOL_VERSION), ...words, byte(0)));
}

export function saslInitialMessage(mechanism: string, response: string): Bytes {
  const bytes = encoder.encode(response);
  return message("p", terminated(mechanism), int32(bytes.length), bytes);
}

export function saslResponseMessage(response: string): Bytes {
  return message("p", encoder.encode(response));
}

/** Any number of statements separated by semicolons; without an explicit transaction they are one. */
export function queryMessage(script: string): Bytes {
  return message("Q", terminated(script));
}

/**
 * Statements of which each runs only if those before it succeeded; the server is ready again after the last. Parameters and
 * results in text form, parameter types chosen by PostgreSQL.
 */
export function statementMessages(statements: readonly Statement[]): Bytes {
  return join(...statements.map(statementMessage), message("S"));
}

function statementMessage({ sql, parameters }: Statement): Bytes {
  const values = parameters.flatMap((parameter) => {
    if (parameter === null) return [int32(NULL_LENGTH)];
    const bytes = encoder.encode(parameter);
    return [int32(bytes.length), bytes];
  });
  return join(
    message("P", terminated(""), terminated(sql), int16(0)),
    message("B", terminated(""), terminated(""), int16(0), int16(parameters.length), ...values, int16(0)),
    message("D", encoder.encode("P"), terminated("")),
    message("E", terminated(""), int32(0)),
  );
}

export function terminateMessage(): Bytes {
  return message("X");
}

function message(type: string, ...parts: readonly Uint8Array[]): Bytes {
  return join(encoder.encode(type), withLength(join(...parts)));
}

function withLength(body: Uint8Array): Bytes {
  return join(int32(body.length + 4), body);
}

export function join(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function terminated(text: string): Bytes {
  return encoder.encode(`${text}\0`);
}

function byte(value: number): Bytes {
  return Uint8Array.of(value);
}

function int16(value: number): Bytes {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value);
  return bytes;
}

function int32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}
