import { PrintFileError } from "./problem.ts";

/** Settings, which are always UTF-8. @throws PrintFileError where they are not. */
export function strictText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new PrintFileError("malformed", "The file has settings that aren’t readable text.");
  }
}

/** G-code and the like, whose comments may be in any encoding: what isn't UTF-8 becomes U+FFFD. */
export function lenientText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes);
}

/** @throws PrintFileError where the text is no JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notReadable();
  return value as Readonly<Record<string, unknown>>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notReadable();
  }
}

function notReadable(): PrintFileError {
  return new PrintFileError("malformed", "The file has settings that can’t be read.");
}
