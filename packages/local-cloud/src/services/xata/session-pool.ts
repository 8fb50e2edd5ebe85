import { createHash } from "node:crypto";
import { connect } from "node:net";
import { dirname } from "node:path";
import { Pool, type PoolClient } from "pg";
import type { Connection } from "./sql-over-http.ts";

/** Of the cluster's 100 connections, so that direct ones always find room. Requests beyond it wait their turn. */
const SESSIONS_PER_ROLE = 20;
const IDLE_MS = 10_000;
/** For a session to be there or to come back, as a pooler's `query_wait_timeout`. */
const WAIT_LIMIT_MS = 120_000;
const CANCEL_REQUEST = 80_877_102;

/** A session that belongs to one request until it is given back. */
export interface Session {
  readonly client: PoolClient;
  /** Forgets all session state and hands the session on; one with an open transaction is closed instead. Doesn't throw. */
  giveBack(): Promise<void>;
  /** Stops the statement that runs, and closes the session. */
  abort(): void;
}

/**
 * Sessions of PostgreSQL, used again as a pooler in transaction mode does it: no request sees what an earlier one left in its
 * session. Only a login with the very same role, database and password gets one that was used before.
 */
export class SessionPool {
  readonly #socketPath: string;
  readonly #pools = new Map<string, { readonly pool: Pool; readonly user: string }>();

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** @throws {DatabaseError} when PostgreSQL refuses the login; a system error when it can't be reached. */
  async lend(connection: Connection): Promise<Session> {
    const client = await this.#poolFor(connection).connect();
    let ended = false;
    const release = (destroy: boolean) => {
      if (!ended) client.release(destroy);
      ended = true;
    };
    return {
      client,
      giveBack: async () => release(!(await isReset(client))),
      abort: () => {
        cancel(this.#socketPath, client);
        release(true);
      },
    };
  }

  /** Closes the role's sessions, so that its next request has to log in; those that are lent end when they come back. */
  forget(user: string): void {
    for (const [key, { pool, user: of }] of this.#pools) {
      if (of !== user) continue;
      this.#pools.delete(key);
      pool.end().catch(() => "nobody uses them any more");
    }
  }

  /** Closes every session; those that are lent end when they come back. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(async ({ pool }) => pool.end()));
  }

  #poolFor(connection: Connection): Pool {
    const key = poolKey(connection);
    const known = this.#pools.get(key);
    if (known !== undefined) return known.pool;
    const pool = new Pool({
      host: dirname(this.#socketPath),
      user: connection.user,
      password: connection.password,
      database: connection.database || connection.user,
      max: SESSIONS_PER_ROLE,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: WAIT_LIMIT_MS,
    });
    pool.on("error", ignoreDisconnection);
    pool.on("connect", (client) => client.on("error", ignoreDisconnection));
    pool.on("remove", () => {
      if (pool.totalCount === 0 && this.#pools.get(key)?.pool === pool) this.#pools.delete(key);
    });
    this.#pools.set(key, { pool, user: connection.user });
    return pool;
  }
}

function poolKey(connection: Connection): string {
  const parts = JSON.stringify([connection.user, connection.database, connection.password]);
  return createHash("sha256").update(parts).digest("hex");
}

/** Whoever waits for a query hears of it too, and the pool drops the session; without a listener, Node.js would end the process. */
function ignoreDisconnection(): void {}

/** @see https://www.postgresql.org/docs/18/sql-discard.html which PostgreSQL refuses inside a transaction */
async function isReset(client: PoolClient): Promise<boolean> {
  try {
    await client.query("DISCARD ALL");
    return true;
  } catch {
    return false;
  }
}

/** @see https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-CANCELREQUEST */
function cancel(socketPath: string, client: PoolClient): void {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST, 4);
  message.writeInt32BE(client.processID, 8);
  message.writeInt32BE(client.secretKey, 12);
  const socket = connect(socketPath, () => socket.end(message));
  socket.on("error", () => socket.destroy());
}
