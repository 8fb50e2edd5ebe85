const NONCE_BYTES = 12;

/** Encrypts text so that only `secret` opens it: AES-256-GCM under a key derived from it. Base64. */
export async function lock(secret: string, text: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const locked = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce },
    await derivedKey(secret),
    new TextEncoder().encode(text),
  );
  return Buffer.concat([nonce, new Uint8Array(locked)]).toString("base64");
}

/** @returns null when `locked` was encrypted under another secret, or altered. */
export async function unlock(secret: string, locked: string): Promise<string | null> {
  const bytes = Uint8Array.from(Buffer.from(locked, "base64"));
  try {
    const opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.subarray(0, NONCE_BYTES) },
      await derivedKey(secret),
      bytes.subarray(NONCE_BYTES),
    );
    return new TextDecoder().decode(opened);
  } catch {
    return null;
  }
}

async function derivedKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode("fm5 jwks") },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
