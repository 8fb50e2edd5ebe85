import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Blobs } from "../../store/blobs.ts";
import type { State } from "../../store/state.ts";
import {
  assetNotAsked,
  assetsIncomplete,
  assetTooLarge,
  tooManyAssets,
  uploadTokenInvalid,
} from "./errors.ts";
import { assetManifestSchema, type AssetManifest } from "./model.ts";

/** @see https://developers.cloudflare.com/workers/platform/limits/#static-assets */
const MAX_ASSET_BYTES = 25 * 1024 * 1024;
const MAX_ASSETS = 100_000;
const ASSETS_PER_BUCKET = 50;
const TOKEN_LIFETIME_MS = 60 * 60 * 1000;

const claimsSchema = z.object({ session: z.string(), complete: z.boolean(), exp: z.number() });

export interface UploadSession {
  readonly jwt: string;
  /** Hashes still to be uploaded, in groups of one request each. Empty when the Worker already has them all. */
  readonly buckets: readonly (readonly string[])[];
}

/** Static assets: upload sessions and the contents, which are kept once per Worker and hash. */
export class AssetsBackend {
  readonly #state: State;
  readonly #blobs: Blobs;
  readonly #key: string;

  constructor(state: State, blobs: Blobs) {
    this.#state = state;
    this.#blobs = blobs;
    this.#key = state.setting("asset-token-key", () => randomBytes(32).toString("hex"));
  }

  startUpload(worker: string, manifest: AssetManifest): UploadSession {
    const entries = Object.entries(manifest);
    if (entries.length > MAX_ASSETS) throw tooManyAssets(entries.length);
    const tooLarge = entries.find(([, { size }]) => size > MAX_ASSET_BYTES);
    if (tooLarge) throw assetTooLarge(tooLarge[0]);
    const session = randomUUID();
    this.#state.run(
      "INSERT INTO asset_uploads (id, worker, manifest) VALUES (?, ?, ?)",
      session,
      worker,
      JSON.stringify(manifest),
    );
    const missing = this.#missing(worker, manifest);
    return { jwt: this.#token(session, missing.length === 0), buckets: grouped(missing, ASSETS_PER_BUCKET) };
  }

  /** Stores the files of one request. Returns the token that completes the upload once nothing is missing. */
  upload(
    jwt: string,
    files: readonly { readonly hash: string; readonly bytes: Uint8Array }[],
  ): string | undefined {
    const { session, worker, manifest } = this.#session(jwt);
    const asked = new Set(Object.values(manifest).map(({ hash }) => hash));
    const strange = files.find(({ hash }) => !asked.has(hash));
    if (strange) throw assetNotAsked(strange.hash);
    const stored = files.map(({ hash, bytes }) => ({ hash, blob: this.#blobs.put(bytes) }));
    this.#state.transaction(() => {
      for (const { hash, blob } of stored) {
        this.#state.run(
          "INSERT OR REPLACE INTO assets (worker, hash, blob) VALUES (?, ?, ?)",
          worker,
          hash,
          blob,
        );
      }
    });
    return this.#missing(worker, manifest).length === 0 ? this.#token(session, true) : undefined;
  }

  /** The manifest that a completed upload stands for. */
  completed(jwt: string, worker: string): AssetManifest {
    const session = this.#session(jwt);
    if (!session.complete || session.worker !== worker) throw assetsIncomplete();
    return session.manifest;
  }

  /** The file with an asset's contents. Only for hashes of manifests that were completed. */
  file(worker: string, hash: string): string {
    const row = this.#state.get("SELECT blob FROM assets WHERE worker = ? AND hash = ?", worker, hash);
    if (!row) throw new Error(`asset ${hash} of ${worker} is gone from the state`);
    return this.#blobs.path(String(row["blob"]));
  }

  #missing(worker: string, manifest: AssetManifest): readonly string[] {
    const rows = this.#state.all("SELECT hash FROM assets WHERE worker = ?", worker);
    const present = new Set(rows.map((row) => String(row["hash"])));
    return [...new Set(Object.values(manifest).map(({ hash }) => hash))].filter((hash) => !present.has(hash));
  }

  #token(session: string, complete: boolean): string {
    const exp = Math.floor((Date.now() + TOKEN_LIFETIME_MS) / 1000);
    const body = [
      { alg: "HS256", typ: "JWT" },
      { session, complete, exp },
    ]
      .map(encoded)
      .join(".");
    return `${body}.${this.#signature(body)}`;
  }

  #session(jwt: string): { session: string; worker: string; manifest: AssetManifest; complete: boolean } {
    const [header = "", claims = "", signature = ""] = jwt.split(".");
    const expected = Buffer.from(this.#signature(`${header}.${claims}`));
    const given = Buffer.from(signature);
    if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected))
      throw uploadTokenInvalid();
    const { session, complete, exp } = claimsSchema.parse(
      JSON.parse(Buffer.from(claims, "base64url").toString()),
    );
    const row = this.#state.get("SELECT worker, manifest FROM asset_uploads WHERE id = ?", session);
    if (!row || exp * 1000 < Date.now()) throw uploadTokenInvalid();
    const manifest = assetManifestSchema.parse(JSON.parse(String(row["manifest"])));
    return { session, worker: String(row["worker"]), manifest, complete };
  }

  #signature(body: string): string {
    return createHmac("sha256", this.#key).update(body).digest("base64url");
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function grouped<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
