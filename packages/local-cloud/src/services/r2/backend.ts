import type { Stores } from "../../dataplane/stores/stores.ts";
import type { State } from "../../store/state.ts";
import {
  bucketExists,
  bucketNameInvalid,
  bucketNotEmpty,
  bucketNotFound,
  jurisdictionInvalid,
} from "./errors.ts";

export interface Bucket {
  readonly name: string;
  readonly creation_date: string;
  readonly location: string;
  readonly storage_class: string;
  readonly jurisdiction: string;
}

export interface BucketUsage {
  readonly objects: number;
  readonly bytes: number;
}

interface BucketObject {
  readonly key: string;
  readonly size: number;
}

export interface BucketSettings {
  readonly jurisdiction?: string;
  readonly location?: string;
  readonly storageClass?: string;
}

/** @see https://developers.cloudflare.com/r2/buckets/create-buckets/#bucket-level-operations */
const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/u;
/** @see https://developers.cloudflare.com/r2/reference/data-location/#jurisdictional-restrictions */
const JURISDICTIONS = new Set(["default", "eu", "fedramp"]);

/**
 * The name under which a bucket is kept and counted: unique in the account, whereas two jurisdictions may each have a
 * bucket of one name. @see wrangler's `getR2BucketMetrics`, which asks for buckets by it
 */
export function fullBucketName(name: string, jurisdiction = "default"): string {
  if (!JURISDICTIONS.has(jurisdiction)) throw jurisdictionInvalid();
  return jurisdiction === "default" ? name : `${jurisdiction}_${name}`;
}

/** R2 buckets. `fullName` is what `fullBucketName` gives. */
export class BucketsBackend {
  readonly #state: State;
  readonly #stores: Stores;

  constructor(state: State, stores: Stores) {
    this.#state = state;
    this.#stores = stores;
    stores.announce(this.list().map(storeOf));
  }

  /** All buckets, or those of one jurisdiction, by name. */
  list(jurisdiction?: string): readonly Bucket[] {
    const rows = this.#state.all("SELECT document FROM buckets ORDER BY name");
    return rows
      .map((row) => JSON.parse(String(row["document"])) as Bucket)
      .filter((bucket) => jurisdiction === undefined || bucket.jurisdiction === jurisdiction);
  }

  /** @throws {Refusal} 10006 when there is no such bucket. */
  get(fullName: string): Bucket {
    const row = this.#state.get("SELECT document FROM buckets WHERE name = ?", fullName);
    if (!row) throw bucketNotFound();
    return JSON.parse(String(row["document"])) as Bucket;
  }

  has(fullName: string): boolean {
    return this.#state.get("SELECT 1 FROM buckets WHERE name = ?", fullName) !== undefined;
  }

  /** @throws {Refusal} 10005 for a malformed name, 10004 for one that is taken. */
  create(name: string, settings: BucketSettings): Bucket {
    const { jurisdiction = "default", location = "WEUR", storageClass = "Standard" } = settings;
    const fullName = fullBucketName(name, jurisdiction);
    if (!NAME.test(name)) throw bucketNameInvalid();
    if (this.has(fullName)) throw bucketExists();
    const creation_date = new Date().toISOString();
    const bucket = { name, creation_date, location, storage_class: storageClass, jurisdiction };
    this.#state.run("INSERT INTO buckets (name, document) VALUES (?, ?)", fullName, JSON.stringify(bucket));
    this.#stores.announce([storeOf(bucket)]);
    return bucket;
  }

  setStorageClass(fullName: string, storageClass: string): Bucket {
    const bucket = { ...this.get(fullName), storage_class: storageClass };
    this.#state.run("UPDATE buckets SET document = ? WHERE name = ?", JSON.stringify(bucket), fullName);
    return bucket;
  }

  /** @throws {Refusal} 10008 when it holds objects. */
  async delete(fullName: string): Promise<void> {
    const { objects } = await this.page(fullName, { limit: "1" });
    if (objects.length > 0) throw bucketNotEmpty();
    this.#state.run("DELETE FROM buckets WHERE name = ?", fullName);
    this.#stores.forget({ kind: "r2", id: fullName });
  }

  /**
   * What a bucket holds at this moment. Bytes are those of the objects' contents; metadata counts nothing.
   * @throws {Refusal} 10006 when there is no such bucket.
   */
  async usage(fullName: string): Promise<BucketUsage> {
    let usage: BucketUsage = { objects: 0, bytes: 0 };
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: BucketPage = await this.page(fullName, cursor === "" ? {} : { cursor });
      usage = {
        objects: usage.objects + page.objects.length,
        bytes: page.objects.reduce((sum, { size }) => sum + size, usage.bytes),
      };
      cursor = page.cursor;
    }
    return usage;
  }

  /** Objects in the order of their keys; `query` takes prefix, delimiter, cursor, startAfter and limit (at most 1000). */
  async page(fullName: string, query: Readonly<Record<string, string>>): Promise<BucketPage> {
    this.get(fullName);
    const listed = await this.#stores.fetch(
      { kind: "r2", id: fullName },
      `?${new URLSearchParams(query).toString()}`,
      { method: "GET" },
    );
    return (await listed.json()) as BucketPage;
  }

  /** One request to an object. */
  object(
    {
      fullName,
      key,
      query = "",
    }: { readonly fullName: string; readonly key: string; readonly query?: string },
    init: RequestInit,
  ): Promise<Response> {
    this.get(fullName);
    return this.#stores.fetch({ kind: "r2", id: fullName }, `${encodeURIComponent(key)}?${query}`, init);
  }
}

interface BucketPage {
  readonly objects: readonly BucketObject[];
  /** The prefixes that a delimiter cut keys down to. */
  readonly delimited: readonly string[];
  readonly cursor: string | null;
}

function storeOf({ name, jurisdiction }: Bucket): { kind: "r2"; id: string } {
  return { kind: "r2", id: fullBucketName(name, jurisdiction) };
}
