/** The first message of a PostgreSQL session, and what a client sent together with it. */
export interface StartupPacket {
  readonly parameters: Readonly<Record<string, string>>;
  /** The whole message. */
  readonly message: Buffer;
  /** Bytes that followed it in the same frame: a pipelined password message, for one. */
  readonly rest: Buffer;
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
/** @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/libpq/pqcomm.h MAX_STARTUP_PACKET_LENGTH */
const LONGEST = 10_000;
const HEADER_BYTES = 8;
const PASSWORD_MESSAGE = "p".charCodeAt(0);

/** Whether the frame asks for encryption instead of starting a session. Over a WebSocket the answer is always no. */
export function asksForEncryption(frame: Buffer): boolean {
  return frame.length === HEADER_BYTES && [SSL_REQUEST, GSS_REQUEST].includes(frame.readInt32BE(4));
}

/**
 * Splits a client's first frame. Undefined when it isn't a whole startup message.
 * @see https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE
 */
export function parseStartupPacket(frame: Buffer): StartupPacket | undefined {
  if (frame.length < HEADER_BYTES) return undefined;
  const length = frame.readInt32BE(0);
  if (length < HEADER_BYTES || length > LONGEST || length > frame.length) return undefined;
  const message = frame.subarray(0, length);
  const words = message.subarray(HEADER_BYTES).toString("utf8").split("\0");
  const pairs = words.flatMap((word, index) =>
    index % 2 === 0 && word ? [[word, words[index + 1] ?? ""]] : [],
  );
  return { parameters: Object.fromEntries(pairs), message, rest: frame.subarray(length) };
}

/** Splits a cleartext password message from what follows it. Undefined when the bytes don't begin with a whole one. */
export function parsePasswordMessage(
  bytes: Buffer,
): { readonly password: string; readonly rest: Buffer } | undefined {
  if (bytes.length < 5 || bytes[0] !== PASSWORD_MESSAGE) return undefined;
  const end = 1 + bytes.readInt32BE(1);
  if (end > bytes.length) return undefined;
  return { password: bytes.subarray(5, end - 1).toString("utf8"), rest: bytes.subarray(end) };
}
