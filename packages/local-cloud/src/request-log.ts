import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { dataFolderUnusable } from "./data-folder.ts";

/** One request as the log keeps it: no header, no body, and of the query only what can't be a secret. */
export interface LoggedRequest {
  readonly at: string;
  readonly service: "api" | "edge" | "xata" | "outbound";
  readonly method: string;
  readonly host?: string | undefined;
  readonly path: string;
  /** What was answered; undefined where a fault left no answer. */
  readonly status?: number | undefined;
  readonly durationMs?: number;
  readonly ray?: string;
  readonly worker?: string | undefined;
  readonly versionId?: string | undefined;
  /** The fault that happened to it, as `effect id`. The request itself is logged besides, where it was carried out. */
  readonly fault?: string;
}

/** Two files, so that the log never takes more than twice this. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
const FLUSH_AFTER_MS = 100;
const FLUSH_AT_BYTES = 64 * 1024;

const CURRENT = "requests.ndjson";
const PREVIOUS = "requests.1.ndjson";

/** Writes requests as JSON lines to a folder. What came in the last tenth of a second is lost with the process. */
export class RequestLog {
  readonly #folder: string;
  readonly #maxBytes: number;
  #descriptor: number | undefined;
  #written: number;
  #waiting = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, maxBytes = MAX_FILE_BYTES) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#descriptor = openSync(join(folder, CURRENT), "a", 0o600);
      this.#written = fstatSync(this.#descriptor).size;
    } catch (error) {
      throw dataFolderUnusable(folder, error);
    }
  }

  record(request: LoggedRequest): void {
    this.#waiting += `${JSON.stringify({ ...request, path: withoutSecrets(request.path) })}\n`;
    if (this.#waiting.length >= FLUSH_AT_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Brings what was recorded into the file. A disk that is full costs the lines, not the request. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = "";
    if (this.#descriptor === undefined) return;
    try {
      if (this.#written > 0 && this.#written + bytes.length > this.#maxBytes) this.#rotate(this.#descriptor);
      this.#written += writeSync(this.#descriptor, bytes);
    } catch {
      this.#written = fstatSync(this.#descriptor).size;
    }
  }

  close(): void {
    this.flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #rotate(descriptor: number): void {
    const current = join(this.#folder, CURRENT);
    if (existsSync(current)) renameSync(current, join(this.#folder, PREVIOUS));
    this.#descriptor = openSync(current, "a", 0o600);
    this.#written = 0;
    closeSync(descriptor);
  }
}

/** What the log shows as the status of a request whose client went away before the answer began. */
const CLIENT_CLOSED_REQUEST = 499;

/** Records each request that a server carries out. */
export function logRequests(server: Server, service: LoggedRequest["service"], log: RequestLog): void {
  server.prependListener("request", (request, response) => {
    const startedAt = performance.now();
    response.once("close", () => {
      log.record({
        at: new Date().toISOString(),
        service,
        method: request.method ?? "GET",
        path: request.url ?? "/",
        status: response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST,
        durationMs: Math.round(performance.now() - startedAt),
      });
    });
  });
}

/** The newest requests, oldest of them first; a line that a crash left unfinished is left out. */
export function readRequestLog(
  folder: string,
  { limit, service }: { readonly limit: number; readonly service?: string | undefined },
): readonly LoggedRequest[] {
  const lines = [PREVIOUS, CURRENT].flatMap((name) => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  });
  const requests = lines.flatMap(parsed);
  return requests.filter((request) => service === undefined || request.service === service).slice(-limit);
}

function parsed(line: string): readonly LoggedRequest[] {
  try {
    return [JSON.parse(line) as LoggedRequest];
  } catch {
    return [];
  }
}

const LONG_SEGMENT = /[^/]{41,}/gu;
const HARMLESS_VALUE = /^(?:\d{1,6}|true|false|strict)$/u;

/** Long parts of a path can be keys, and so can any value of a query: they become `…`. */
function withoutSecrets(target: string): string {
  const [path = "", query] = target.split("?", 2);
  const shown = path.replaceAll(LONG_SEGMENT, "…");
  if (query === undefined) return shown;
  const parameters = [...new URLSearchParams(query)].map(
    ([name, value]) => `${name.slice(0, 40)}=${HARMLESS_VALUE.test(value) ? value : "…"}`,
  );
  return `${shown}?${parameters.join("&")}`;
}
