import type { Endpoint } from "../dsn.ts";
import { postgresError, XataError, type PostgresFields } from "../errors.ts";
import { outcomeUnknown, unreachable } from "../http/answer.ts";
import type { Column, Statement, TextResult } from "../result.ts";
import { Channel, type WebSocketConstructor } from "./channel.ts";
import { logIn } from "./login.ts";
import { queryMessage, statementMessages, terminateMessage, type Bytes } from "./messages.ts";

export interface SessionOptions {
  readonly endpoint: Endpoint;
  readonly webSocket: WebSocketConstructor;
  /** How long opening, and then each reply, may take, in milliseconds. The session is over when one takes longer. */
  readonly timeoutMs: number;
}

/** What it means when the connection ends before the reply: nothing is written, or that can't be told. */
type Stake = "nothing" | "unknown";

/**
 * A session of PostgreSQL over one WebSocket, for one transaction. It belongs to the request that opened it; whoever opens it
 * closes it. What is sent while something else runs is answered in order.
 */
export interface Session {
  /**
   * Runs the statements in order, in one round trip; the first error skips the rest.
   * @throws {XataError} POSTGRES; CONNECTION_LOST or OUTCOME_UNKNOWN as `stake` says, also when the reply takes too long
   */
  run(statements: readonly Statement[], stake: Stake): Promise<readonly TextResult[]>;
  /** Runs a script of several statements, in one transaction if it opens none itself. @throws {XataError} as `run` does */
  runScript(script: string): Promise<void>;
  /** Whether something waits for its reply. */
  isBusy(): boolean;
  /** Ends the session; PostgreSQL rolls back what is open. What still waits fails. Idempotent. */
  close(): void;
}

/** Opens a session and logs in. @throws {XataError} UNREACHABLE, UNAUTHORIZED, POSTGRES, PROTOCOL */
export async function openSession(options: SessionOptions): Promise<Session> {
  const channel = new Channel(options.endpoint.webSocketUrl, options.webSocket);
  try {
    await within(options.timeoutMs, channel, async () => {
      await channel.opened();
      await logIn(channel, options.endpoint);
    });
  } catch (error) {
    channel.end("The login failed.");
    throw error instanceof XataError && error.code === "CONNECTION_LOST"
      ? unreachable(error.message, error)
      : error;
  }
  return sessionOver(channel, options.timeoutMs);
}

function sessionOver(channel: Channel, timeoutMs: number): Session {
  let waiting = 0;
  let previous: Promise<unknown> = Promise.resolve();
  const exchange = async (bytes: Bytes, stake: Stake): Promise<readonly TextResult[]> => {
    channel.send(bytes);
    waiting += 1;
    const reply = previous.then(async () => within(timeoutMs, channel, async () => collectReply(channel)));
    previous = reply.catch(() => "its own caller hears of it");
    try {
      return await reply;
    } catch (error) {
      throw asAtStake(error, stake);
    } finally {
      waiting -= 1;
    }
  };
  return {
    run: async (statements, stake) => exchange(statementMessages(statements), stake),
    runScript: async (script) => void (await exchange(queryMessage(script), "unknown")),
    isBusy: () => waiting > 0,
    close: () => {
      channel.send(terminateMessage());
      channel.end("The transaction was closed while a statement ran.", "TRANSACTION_CLOSED");
    },
  };
}

/** Reads up to where the server is ready again. @throws {XataError} POSTGRES for the first error */
async function collectReply(channel: Channel): Promise<readonly TextResult[]> {
  const results: TextResult[] = [];
  let columns: readonly Column[] = [];
  let rows: (readonly (string | null)[])[] = [];
  let failure: PostgresFields | undefined;
  for (let message = await channel.next(); message.type !== "ready"; message = await channel.next()) {
    if (message.type === "columns") columns = message.columns;
    else if (message.type === "row") rows.push(message.values);
    else if (message.type === "error") failure ??= message.fields;
    else if (message.type === "copy") channel.end("COPY isn't supported over a WebSocket.");
    else if (message.type === "complete") {
      results.push({ columns, rows, ...parseTag(message.tag) });
      columns = [];
      rows = [];
    }
  }
  if (failure !== undefined) throw postgresError(failure);
  return results;
}

/** @see https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-COMMANDCOMPLETE */
function parseTag(tag: string): Pick<TextResult, "command" | "rowCount"> {
  const words = tag.split(" ");
  const count = words.length > 1 ? Number(words.at(-1)) : Number.NaN;
  return { command: words[0] ?? "", rowCount: Number.isInteger(count) ? count : null };
}

function asAtStake(error: unknown, stake: Stake): unknown {
  const lost = error instanceof XataError && error.code === "CONNECTION_LOST";
  return lost && stake === "unknown" ? outcomeUnknown(error.message, error) : error;
}

/** Ends the channel, and so what waits on it, when `work` takes too long. */
async function within<T>(timeoutMs: number, channel: Channel, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => channel.end("The database didn't answer in time."), timeoutMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
