import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { dataFolderUnusable } from "../../data-folder.ts";
import { systemErrorCode } from "../../errors.ts";
import { writeDurably } from "../../store/blobs.ts";
import { makeCertificate } from "./certificate.ts";

/** What a TLS server needs: a certificate for each name that a client asks for. */
export interface TlsMaterial {
  /** The authority's certificate, which clients are to trust: NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  /** For clients that name no host: they are on this machine. */
  readonly fallback: { readonly key: string; readonly cert: string };
  readonly contextFor: (
    hostname: string,
    callback: (error: Error | null, context?: SecureContext) => void,
  ) => void;
}

const AUTHORITY = "local-cloud certificate authority";
const LOCAL_NAMES = ["localhost", "127.0.0.1"];
const AUTHORITY_DAYS = 3650;
/** Browsers refuse servers' certificates that are valid for longer than 398 days. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_MS = 30 * 24 * 60 * 60 * 1000;
/** Clients choose the names, so their number is bounded. */
const MAX_CONTEXTS = 1000;

/**
 * A certificate authority of the data folder's own, made on first use; its key never leaves the folder (mode 0600).
 * @throws {LocalCloudError} DATA_FOLDER_UNUSABLE
 */
export function openTlsMaterial(folder: string): TlsMaterial {
  try {
    return open(folder);
  } catch (error) {
    throw systemErrorCode(error) === undefined ? error : dataFolderUnusable(folder, error);
  }
}

function open(folder: string): TlsMaterial {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const caFile = join(folder, "ca.pem");
  const keyFile = join(folder, "ca-key.pem");
  if (!isUsable(caFile, keyFile)) makeAuthority(caFile, keyFile);
  chmodSync(keyFile, 0o600);
  const issuer = { commonName: AUTHORITY, key: createPrivateKey(readFileSync(keyFile)) };
  const contexts = new Map<string, SecureContext>();
  return {
    caFile,
    fallback: serverCertificate(issuer, LOCAL_NAMES),
    contextFor: (hostname, callback) => {
      const name = hostname.toLowerCase();
      // No DNS name that a certificate could hold: the handshake fails, as it does at Cloudflare.
      if (!/^[a-z0-9*_.-]{1,253}$/u.test(name)) return callback(new Error(`no certificate for ${name}`));
      const context = contexts.get(name) ?? createSecureContext(serverCertificate(issuer, [name]));
      if (contexts.size >= MAX_CONTEXTS) contexts.clear();
      contexts.set(name, context);
      return callback(null, context);
    },
  };
}

function isUsable(caFile: string, keyFile: string): boolean {
  if (!existsSync(caFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(caFile));
    const expiresAt = Date.parse(certificate.validTo);
    return (
      expiresAt - Date.now() > RENEW_BEFORE_MS &&
      certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))
    );
  } catch {
    return false;
  }
}

function makeAuthority(caFile: string, keyFile: string): void {
  const key = newKey();
  const certificate = makeCertificate({
    commonName: AUTHORITY,
    issuer: { commonName: AUTHORITY, key },
    key,
    names: [],
    validForDays: AUTHORITY_DAYS,
  });
  writeDurably(keyFile, Buffer.from(pemOf(key)), 0o600);
  writeDurably(caFile, Buffer.from(certificate));
}

function serverCertificate(
  issuer: { readonly commonName: string; readonly key: KeyObject },
  names: readonly string[],
): { key: string; cert: string } {
  const key = newKey();
  const [commonName = ""] = names;
  // A common name has at most 64 characters; the whole name is among the alternative ones.
  const subject = commonName.slice(0, 64);
  const cert = makeCertificate({ commonName: subject, issuer, key, names, validForDays: SERVER_DAYS });
  return { key: pemOf(key), cert };
}

function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
