import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  explicit,
  identifier,
  implicit,
  integer,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from "./der.ts";

/** What a certificate is to say. Keys are EC keys on P-256. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly issuer: { readonly commonName: string; readonly key: KeyObject };
  /** The private key of the subject. */
  readonly key: KeyObject;
  /** DNS names and IP addresses of a server; none: this is a certificate authority's. */
  readonly names: readonly string[];
  readonly validForDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const ECDSA_WITH_SHA256 = sequence(identifier("1.2.840.10045.4.3.2"));

/**
 * Makes and signs a certificate; returns its PEM.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function makeCertificate(request: CertificateRequest): string {
  const { commonName, issuer, key, validForDays } = request;
  const now = Date.now();
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer.commonName),
    sequence(utcTime(new Date(now - DAY_MS)), utcTime(new Date(now + validForDays * DAY_MS))),
    distinguishedName(commonName),
    publicKeyOf(key),
    explicit(3, sequence(...extensions(request))),
  );
  const signature = sign("sha256", toBeSigned, issuer.key);
  const certificate = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature));
  const lines = certificate.toString("base64").replaceAll(/.{64}(?=.)/gu, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Positive, and of one length. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes;
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(identifier("2.5.4.3"), utf8String(commonName))));
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2 */
function extensions({ key, issuer, names }: CertificateRequest): readonly Buffer[] {
  const isAuthority = names.length === 0;
  const common = [
    extension("2.5.29.14", octetString(keyIdentifier(key))),
    extension("2.5.29.35", sequence(implicit(0, keyIdentifier(issuer.key)))),
  ];
  if (isAuthority) {
    // keyCertSign and cRLSign.
    const usage = bitString(Buffer.from([0b0000_0110]), 1);
    return [
      ...common,
      extension("2.5.29.19", sequence(boolean(true), integer(Buffer.from([0]))), true),
      extension("2.5.29.15", usage, true),
    ];
  }
  const usage = bitString(Buffer.from([0b1000_0000]), 7);
  return [
    ...common,
    extension("2.5.29.19", sequence(), true),
    extension("2.5.29.15", usage, true),
    extension("2.5.29.37", sequence(identifier("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", sequence(...names.map(alternativeName))),
  ];
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(identifier(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

/** The form that RFC 5280 proposes: the SHA-1 of the public key. Nothing relies on it being hard to forge. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1").update(publicKeyOf(key)).digest();
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

function alternativeName(name: string): Buffer {
  return isIP(name) === 4
    ? implicit(IP_ADDRESS, Buffer.from(name.split(".").map(Number)))
    : implicit(DNS_NAME, Buffer.from(name, "ascii"));
}
