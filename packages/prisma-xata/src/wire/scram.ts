import { XataError } from "../errors.ts";
import { bytesFromBase64, bytesToBase64 } from "../types/bytes.ts";
import { join, type Bytes } from "./messages.ts";

export const SCRAM_SHA_256 = "SCRAM-SHA-256";

/** An exchange in progress: what the client has said, and how it goes on. */
export interface ScramExchange {
  readonly clientFirst: string;
  /** @throws {XataError} PROTOCOL when the server's challenge isn't an answer to `clientFirst` */
  answer(serverFirst: string): Promise<ScramAnswer>;
}

interface ScramAnswer {
  readonly clientFinal: string;
  /** The server must prove that it knows the password as well. @throws {XataError} PROTOCOL when it doesn't */
  verify(serverFinal: string): void;
}

/** No channel binding: a browser's WebSocket doesn't show the certificate. */
const CHANNEL_BINDING = "n,,";
const SHA_256_BITS = 256;
/** PostgreSQL's default is 4096; workerd refuses more than 100,000. */
const MOST_ITERATIONS = 100_000;
const encoder = new TextEncoder();

/**
 * Proves knowledge of a password without sending it. PostgreSQL takes the user from the startup message, so there is none here.
 * @see https://www.rfc-editor.org/rfc/rfc7677 and https://www.postgresql.org/docs/18/sasl-authentication.html
 */
export function startScram(password: string, nonce: string = randomNonce()): ScramExchange {
  const clientFirstBare = `n=,r=${nonce}`;
  return {
    clientFirst: `${CHANNEL_BINDING}${clientFirstBare}`,
    answer: async (serverFirst) => {
      const challenge = parseChallenge(serverFirst, nonce);
      const withoutProof = `c=${btoa(CHANNEL_BINDING)},r=${challenge.nonce}`;
      const authMessage = [clientFirstBare, serverFirst, withoutProof].join(",");
      const keys = await deriveKeys(password, challenge, authMessage);
      return {
        clientFinal: `${withoutProof},p=${keys.proof}`,
        verify: (serverFinal) => {
          if (attributes(serverFinal).get("v") !== keys.serverSignature)
            throw unfit("doesn't prove who it is");
        },
      };
    },
  };
}

interface Challenge {
  readonly nonce: string;
  readonly salt: Bytes;
  readonly iterations: number;
}

function parseChallenge(serverFirst: string, nonce: string): Challenge {
  const fields = attributes(serverFirst);
  const serverNonce = fields.get("r") ?? "";
  const salt = fields.get("s") ?? "";
  const iterations = Number(fields.get("i"));
  if (!serverNonce.startsWith(nonce) || serverNonce === nonce || salt === "")
    throw unfit("answers another login");
  if (!(iterations >= 1 && iterations <= MOST_ITERATIONS)) throw unfit(`asks for ${iterations} iterations`);
  return { nonce: serverNonce, salt: bytesFromBase64(salt), iterations };
}

async function deriveKeys(
  password: string,
  challenge: Challenge,
  authMessage: string,
): Promise<{ readonly proof: string; readonly serverSignature: string }> {
  const salted = await saltPassword(password, challenge);
  const clientKey = await hmac(salted, encoder.encode("Client Key"));
  const storedKey = new Uint8Array(await crypto.subtle.digest("SHA-256", clientKey));
  const clientSignature = await hmac(storedKey, encoder.encode(authMessage));
  const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  const serverKey = await hmac(salted, encoder.encode("Server Key"));
  const serverSignature = await hmac(serverKey, encoder.encode(authMessage));
  return { proof: bytesToBase64(proof), serverSignature: bytesToBase64(serverSignature) };
}

async function saltPassword(password: string, challenge: Challenge): Promise<Bytes> {
  const material = encoder.encode(password.normalize("NFKC"));
  const key = await crypto.subtle.importKey("raw", material, "PBKDF2", false, ["deriveBits"]);
  const { salt, iterations } = challenge;
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, SHA_256_BITS));
}

async function hmac(key: Bytes, data: Bytes): Promise<Bytes> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

function attributes(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(",").map((attribute) => [attribute.charAt(0), attribute.slice(2)]));
}

function randomNonce(): string {
  return bytesToBase64(join(crypto.getRandomValues(new Uint8Array(18))));
}

function unfit(what: string): XataError {
  return new XataError({
    code: "PROTOCOL",
    message: `The database ${what} at the login.`,
    hint: "Look whether the DSN's host is a Xata branch, and whether a proxy answers in its place.",
  });
}
