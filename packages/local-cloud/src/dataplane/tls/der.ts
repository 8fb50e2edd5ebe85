/**
 * The few ASN.1 types that a certificate is made of, in their distinguished encoding.
 * @see https://www.itu.int/rec/T-REC-X.690
 */

export function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, ...items);
}

export function set(...items: readonly Buffer[]): Buffer {
  return tagged(0x31, ...items);
}

/** A context-specific tag around a whole value. */
export function explicit(tag: number, item: Buffer): Buffer {
  return tagged(0xa0 + tag, item);
}

/** A context-specific tag in place of a string's own. */
export function implicit(tag: number, bytes: Buffer): Buffer {
  return tagged(0x80 + tag, bytes);
}

/** An unsigned integer; a leading zero keeps it positive. */
export function integer(bytes: Buffer): Buffer {
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0x00]));
}

export function octetString(bytes: Buffer): Buffer {
  return tagged(0x04, bytes);
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return tagged(0x03, Buffer.from([unusedBits]), bytes);
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** Up to 2049, after which certificates write years with four digits. */
export function utcTime(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/gu, "").slice(2, 14)}Z`));
}

/** An object identifier such as `2.5.4.3`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [...base128(value >> 7).map((byte) => byte | 0x80), low];
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

function length(bytes: number): readonly number[] {
  if (bytes < 0x80) return [bytes];
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest >>>= 8) digits.unshift(rest & 0xff);
  return [0x80 | digits.length, ...digits];
}
