import type { ObjectStore } from "../../dataplane/object-store.ts";
import type { State } from "../../store/state.ts";
import { bucketExists, bucketNameInvalid, bucketNotEmpty, bucketNotFound } from "./errors.ts";

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

/** @see https://developers.cloudflare.com/r2/buckets/create-buckets/#bucket-level-operations */
const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/u;

export class BucketsBackend {
  readonly #state: State;
  readonly #objects: ObjectStore;

  constructor(state: State, objects: ObjectStore) {
    this.#state = state;
    this.#objects = objects;
  }

  list(): readonly Bucket[] {
    const rows = this.#state.all("SELECT document FROM buckets ORDER BY name");
    return rows.map((row) => JSON.parse(String(row["document"])) as Bucket);
  }

  get(name: string): Bucket {
    const row = this.#state.get("SELECT document FROM buckets WHERE name = ?", name);
    if (!row) throw bucketNotFound();
    return JSON.parse(String(row["document"])) as Bucket;
  }

  has(name: string): boolean {
    return this.#state.get("SELECT 1 FROM buckets WHERE name = ?", name) !== undefined;
  }

  create(name: string, settings: { readonly location?: string; readonly storageClass?: string }): Bucket {
    if (!NAME.test(name)) throw bucketNameInvalid();
    if (this.has(name)) throw bucketExists();
    const { location = "WEUR", storageClass = "Standard" } = settings;
    const creation_date = new Date().toISOString();
    const bucket = { name, creation_date, location, storage_class: storageClass, jurisdiction: "default" };
    this.#state.run("INSERT INTO buckets (name, document) VALUES (?, ?)", name, JSON.stringify(bucket));
    return bucket;
  }

  async delete(name: string): Promise<void> {
    this.get(name);
    const listed = await this.objects({ bucket: name, key: "" }, { method: "GET" });
    const { objects } = (await listed.json()) as { objects: readonly unknown[] };
    if (objects.length > 0) throw bucketNotEmpty();
    this.#state.run("DELETE FROM buckets WHERE name = ?", name);
  }

  /**
   * What a bucket holds at this moment. Bytes are those of the objects' contents; metadata counts nothing.
   * @throws {Refusal} 10006 when there is no such bucket.
   */
  async usage(name: string): Promise<BucketUsage> {
    let usage: BucketUsage = { objects: 0, bytes: 0 };
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams(cursor === undefined ? {} : { cursor });
      const listed = await this.objects({ bucket: name, key: "", query }, { method: "GET" });
      const page = (await listed.json()) as {
        objects: readonly { size: number }[];
        cursor: string | null;
      };
      usage = {
        objects: usage.objects + page.objects.length,
        bytes: page.objects.reduce((sum, { size }) => sum + size, usage.bytes),
      };
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    return usage;
  }

  /** One request to a bucket's contents; an empty key lists them. */
  objects(
    {
      bucket,
      key,
      query,
    }: { readonly bucket: string; readonly key: string; readonly query?: URLSearchParams },
    init: RequestInit,
  ): Promise<Response> {
    this.get(bucket);
    const buckets = this.list().map(({ name }) => name);
    return this.#objects.fetch({ buckets, bucket, key, ...(query && { query }) }, init);
  }
}
