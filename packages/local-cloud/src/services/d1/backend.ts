import { randomUUID } from "node:crypto";
import type { Stores } from "../../dataplane/stores/stores.ts";
import type { State } from "../../store/state.ts";
import { databaseNameTaken, databaseNotFound, requestInvalid, statementRefused } from "./errors.ts";
import { statementsOf } from "./statements.ts";

export interface Database {
  readonly uuid: string;
  readonly name: string;
  readonly created_at: string;
  readonly version: string;
  readonly running_in_region: string;
  readonly jurisdiction: string | null;
}

export interface Query {
  readonly sql: string;
  readonly params?: readonly unknown[] | undefined;
}

/** One statement's result as D1's API has it. */
export interface QueryResult {
  readonly results: unknown;
  readonly success: true;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** D1 databases. */
export class D1Backend {
  readonly #state: State;
  readonly #stores: Stores;

  constructor(state: State, stores: Stores) {
    this.#state = state;
    this.#stores = stores;
    stores.announce(this.list().map(({ uuid }) => ({ kind: "d1", id: uuid })));
  }

  /** By name. */
  list(): readonly Database[] {
    const rows = this.#state.all("SELECT document FROM d1_databases ORDER BY name");
    return rows.map(({ document }) => JSON.parse(String(document)) as Database);
  }

  has(uuid: string): boolean {
    return this.#state.get("SELECT 1 FROM d1_databases WHERE id = ?", uuid) !== undefined;
  }

  /** @throws {Refusal} 7404 when no database has that id or name. */
  get(idOrName: string): Database {
    const sql = "SELECT document FROM d1_databases WHERE id = ? OR name = ?";
    const row = this.#state.get(sql, idOrName, idOrName);
    if (!row) throw databaseNotFound(idOrName);
    return JSON.parse(String(row["document"])) as Database;
  }

  /** @throws {Refusal} 7502 when the name is taken. */
  create(
    name: string,
    settings: { readonly location?: string | undefined; readonly jurisdiction?: string | undefined },
  ): Database {
    const taken = this.#state.get("SELECT 1 FROM d1_databases WHERE name = ?", name);
    if (taken !== undefined) throw databaseNameTaken();
    const database: Database = {
      uuid: randomUUID(),
      name,
      created_at: new Date().toISOString(),
      version: "production",
      running_in_region: (settings.location ?? "weur").toUpperCase(),
      jurisdiction: settings.jurisdiction ?? null,
    };
    const sql = "INSERT INTO d1_databases (id, name, document) VALUES (?, ?, ?)";
    this.#state.run(sql, database.uuid, name, JSON.stringify(database));
    this.#stores.announce([{ kind: "d1", id: database.uuid }]);
    return database;
  }

  async delete(idOrName: string): Promise<void> {
    const { uuid } = this.get(idOrName);
    await this.#ask(uuid, "clear", []);
    this.#state.run("DELETE FROM d1_databases WHERE id = ?", uuid);
    this.#stores.forget({ kind: "d1", id: uuid });
  }

  /**
   * Runs statements as one transaction. A query of several statements takes no parameters.
   * @throws {Refusal} 7500 with SQLite's text; nothing has changed then.
   */
  async query(
    uuid: string,
    queries: readonly Query[],
    form: "query" | "raw" = "query",
  ): Promise<readonly QueryResult[]> {
    const statements = queries.flatMap(({ sql, params = [] }) => {
      const parts = statementsOf(sql);
      if (parts.length > 1 && params.length > 0)
        throw requestInvalid("Parameters are not supported with several statements.");
      return parts.map((statement) => ({ sql: statement, params }));
    });
    if (statements.length === 0) throw requestInvalid("No SQL statements detected.");
    return this.#ask(uuid, form, statements);
  }

  async #ask(uuid: string, path: string, statements: readonly Query[]): Promise<readonly QueryResult[]> {
    this.get(uuid);
    const init = { method: "POST", body: JSON.stringify(statements) };
    const answer = await this.#stores.fetch({ kind: "d1", id: uuid }, path, init);
    if (answer.status === 400) throw statementRefused(await answer.text());
    return (await answer.json()) as readonly QueryResult[];
  }
}
