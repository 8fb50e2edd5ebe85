import { randomBytes } from "node:crypto";
import type { Stores } from "../../dataplane/stores/stores.ts";
import type { State } from "../../store/state.ts";
import { keyNotFound, keyRefused, namespaceNotFound, titleTaken } from "./errors.ts";

export interface Namespace {
  /** 32 hex digits. */
  readonly id: string;
  readonly title: string;
}

export interface PutOptions {
  /** Seconds since the epoch. */
  readonly expiration?: number;
  /** Seconds. */
  readonly expirationTtl?: number;
  readonly metadata?: unknown;
}

export interface Pair {
  readonly key: string;
  readonly value: string;
  /** Whether `value` is base64. */
  readonly base64: boolean;
  readonly options: PutOptions;
}

interface KeyPage {
  readonly keys: readonly {
    readonly name: string;
    readonly expiration?: number;
    readonly metadata?: unknown;
  }[];
  /** Empty at the end. */
  readonly cursor: string;
}

/** KV namespaces and their contents. */
export class KvBackend {
  readonly #state: State;
  readonly #stores: Stores;

  constructor(state: State, stores: Stores) {
    this.#state = state;
    this.#stores = stores;
    stores.announce(this.list().map(({ id }) => ({ kind: "kv", id })));
  }

  /** By title. */
  list(): readonly Namespace[] {
    const rows = this.#state.all("SELECT id, title FROM kv_namespaces ORDER BY title");
    return rows.map(({ id, title }) => ({ id: String(id), title: String(title) }));
  }

  has(id: string): boolean {
    return this.#state.get("SELECT 1 FROM kv_namespaces WHERE id = ?", id) !== undefined;
  }

  /** @throws {Refusal} 10013 when there is no such namespace. */
  get(id: string): Namespace {
    const row = this.#state.get("SELECT id, title FROM kv_namespaces WHERE id = ?", id);
    if (!row) throw namespaceNotFound();
    return { id, title: String(row["title"]) };
  }

  /** @throws {Refusal} 10014 when the title is taken. */
  create(title: string): Namespace {
    this.#refuseTaken(title);
    const namespace = { id: randomBytes(16).toString("hex"), title };
    this.#state.run("INSERT INTO kv_namespaces (id, title) VALUES (?, ?)", namespace.id, title);
    this.#stores.announce([{ kind: "kv", id: namespace.id }]);
    return namespace;
  }

  rename(id: string, title: string): Namespace {
    if (this.get(id).title !== title) this.#refuseTaken(title);
    this.#state.run("UPDATE kv_namespaces SET title = ? WHERE id = ?", title, id);
    return { id, title };
  }

  async delete(id: string): Promise<void> {
    await this.#ask(id, "clear", { method: "POST" });
    this.#state.run("DELETE FROM kv_namespaces WHERE id = ?", id);
    this.#stores.forget({ kind: "kv", id });
  }

  async keys(id: string, query: Readonly<Record<string, string>>): Promise<KeyPage> {
    const answer = await this.#ask(id, `keys?${new URLSearchParams(query).toString()}`, { method: "GET" });
    return (await answer.json()) as KeyPage;
  }

  /** @throws {Refusal} 10009 when there is no such key. */
  async value(id: string, key: string): Promise<{ value: Response; metadata: unknown }> {
    const value = await this.#ask(id, `value?${new URLSearchParams({ key }).toString()}`, { method: "GET" });
    if (value.status === 404) throw keyNotFound();
    const metadata: unknown = JSON.parse(decodeURIComponent(value.headers.get("x-metadata") ?? "null"));
    return { value, metadata };
  }

  async put(
    id: string,
    key: string,
    written: { value: Uint8Array<ArrayBuffer>; options: PutOptions },
  ): Promise<void> {
    const query = new URLSearchParams({ key, options: JSON.stringify(written.options) }).toString();
    await this.#ask(id, `value?${query}`, { method: "PUT", body: written.value });
  }

  async deleteKey(id: string, key: string): Promise<void> {
    await this.#ask(id, `value?${new URLSearchParams({ key }).toString()}`, { method: "DELETE" });
  }

  async putMany(id: string, pairs: readonly Pair[]): Promise<void> {
    await this.#ask(id, "put", { method: "POST", body: JSON.stringify(pairs) });
  }

  async deleteMany(id: string, keys: readonly string[]): Promise<void> {
    await this.#ask(id, "delete", { method: "POST", body: JSON.stringify(keys) });
  }

  /** Key → its value as text and its metadata; null where there is none. */
  async getMany(
    id: string,
    keys: readonly string[],
  ): Promise<Readonly<Record<string, { value: string | null; metadata: unknown }>>> {
    const answer = await this.#ask(id, "get", { method: "POST", body: JSON.stringify(keys) });
    return (await answer.json()) as Record<string, { value: string | null; metadata: unknown }>;
  }

  async #ask(id: string, path: string, init: RequestInit): Promise<Response> {
    this.get(id);
    const answer = await this.#stores.fetch({ kind: "kv", id }, path, init);
    if (answer.status === 400) throw keyRefused(await answer.text());
    return answer;
  }

  #refuseTaken(title: string): void {
    if (this.#state.get("SELECT 1 FROM kv_namespaces WHERE title = ?", title) !== undefined)
      throw titleTaken();
  }
}
