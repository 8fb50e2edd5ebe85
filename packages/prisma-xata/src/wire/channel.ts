import { XataError } from "../errors.ts";
import type { Bytes } from "./messages.ts";
import { MessageReader, type BackendMessage } from "./reader.ts";

/** What this package uses of a WebSocket: that of browsers, Node.js and workerd. */
export interface WebSocketLike {
  binaryType: string;
  send(data: Bytes): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;

interface Waiter {
  readonly resolve: (message: BackendMessage) => void;
  readonly reject: (error: XataError) => void;
}

/** PostgreSQL's messages over one WebSocket. */
export class Channel {
  readonly #socket: WebSocketLike;
  readonly #reader = new MessageReader();
  readonly #messages: BackendMessage[] = [];
  readonly #opened = Promise.withResolvers<void>();
  #waiting: Waiter | undefined;
  #end: XataError | undefined;

  constructor(url: string, webSocket: WebSocketConstructor) {
    this.#opened.promise.catch(() => "whoever waits for it hears of it");
    this.#socket = new webSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => this.#opened.resolve());
    this.#socket.addEventListener("message", (event) => this.#receive(event.data));
    this.#socket.addEventListener("close", () => this.end("The connection to the database ended."));
    this.#socket.addEventListener("error", () => this.end("The connection to the database failed."));
  }

  /** @throws {XataError} CONNECTION_LOST */
  async opened(): Promise<void> {
    await this.#opened.promise;
  }

  /** Sends nothing once the channel has ended; the next `next` says so. */
  send(bytes: Bytes): void {
    if (this.#end === undefined) this.#socket.send(bytes);
  }

  /** The next message, in order. One caller at a time. @throws {XataError} CONNECTION_LOST when there will be none */
  async next(): Promise<BackendMessage> {
    const message = this.#messages.shift();
    if (message !== undefined) return message;
    if (this.#end !== undefined) throw this.#end;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Closes the WebSocket; `reason` is what whoever waits gets to hear. Idempotent. */
  end(reason: string, code: "CONNECTION_LOST" | "TRANSACTION_CLOSED" = "CONNECTION_LOST"): void {
    if (this.#end !== undefined) return;
    const hint = "Nothing of the transaction was written. Repeat all of it.";
    this.#end = new XataError({ code, message: reason, hint, retryable: true });
    this.#opened.reject(this.#end);
    this.#waiting?.reject(this.#end);
    this.#socket.close();
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      this.end("The database gateway sent text where bytes belong.");
      return;
    }
    this.#messages.push(...this.#reader.read(new Uint8Array(data)));
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const message = this.#messages.shift();
    if (message === undefined) return;
    this.#waiting = undefined;
    waiting.resolve(message);
  }
}
