import { createHash, randomUUID } from "node:crypto";
import type { D1Backend } from "./backend.ts";
import { requestInvalid } from "./errors.ts";

/** What `POST …/import` answers. @see https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/import/ */
interface ImportStatus {
  readonly type: "import";
  readonly success: true;
  readonly status: "complete";
  readonly messages: readonly string[];
  readonly at_bookmark: string;
  readonly filename: string;
  readonly result: {
    readonly num_queries: number;
    readonly final_bookmark: string;
    readonly meta: Readonly<Record<string, number>>;
  };
}

const SUMMED = ["duration", "changes", "rows_read", "rows_written"] as const;

/** SQL files on their way into a database: announced by their MD5, uploaded, then run at once as one transaction. */
export class Imports {
  readonly #databases: D1Backend;
  /** Announced file → its text, once that has come. */
  readonly #files = new Map<string, string | undefined>();

  constructor(databases: D1Backend) {
    this.#databases = databases;
  }

  /** The name under which a file is to be uploaded; it can't be guessed. */
  announce(uuid: string): string {
    const filename = `${uuid}.${randomUUID()}.sql`;
    this.#files.set(filename, undefined);
    return filename;
  }

  /** Keeps an uploaded file until it is ingested; returns its MD5 in hex. */
  upload(filename: string, sql: Buffer): string {
    if (!this.#files.has(filename)) throw requestInvalid(`No file ${filename} was announced.`);
    this.#files.set(filename, sql.toString("utf8"));
    return createHash("md5").update(sql).digest("hex");
  }

  async ingest(uuid: string, filename: string): Promise<ImportStatus> {
    const sql = this.#files.get(filename);
    if (sql === undefined) throw requestInvalid(`The file ${filename} was not uploaded.`);
    this.#files.delete(filename);
    const results = await this.#databases.query(uuid, [{ sql }]);
    const sums = Object.fromEntries(
      SUMMED.map((name) => [name, results.reduce((sum, { meta }) => sum + Number(meta[name] ?? 0), 0)]),
    );
    const bookmark = createHash("md5").update(`${uuid} ${filename} ${Date.now()}`).digest("hex");
    return {
      type: "import",
      success: true,
      status: "complete",
      messages: [`Processed ${results.length} queries.`],
      at_bookmark: bookmark,
      filename,
      result: {
        num_queries: results.length,
        final_bookmark: bookmark,
        meta: { ...sums, size_after: Number(results.at(-1)?.meta["size_after"] ?? 0) },
      },
    };
  }
}
