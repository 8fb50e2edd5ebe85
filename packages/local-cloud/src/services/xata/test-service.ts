import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startXata, type XataOptions, type XataService } from "./backend.ts";

export const STAGING = "my-app-staging";
export const PRODUCTION = "my-app-production";

/** A running service for tests, and how to ask it. */
export interface TestXata {
  readonly dataDir: string;
  readonly log: readonly string[];
  readonly service: XataService;
  /** The DSN of the staging database. */
  readonly url: string;
  /** Posts `body` to `/sql` with staging's credentials, unless `headers` say otherwise. */
  ask(body: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  stop(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function startTestXata(options: Partial<XataOptions> = {}): Promise<TestXata> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "xata-")));
  const log: string[] = [];
  const service = await startXata({
    dataDir,
    host: "127.0.0.1",
    port: 0,
    databases: [STAGING, PRODUCTION],
    log: (line) => log.push(line),
    ...options,
  });
  const url = service.databases[STAGING]?.url ?? "";
  return {
    dataDir,
    log,
    service,
    url,
    ask: async (body, headers) => post(service.port, body, { "connection-string": url, ...headers }),
    stop: async () => {
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function post(
  port: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<TestAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`http://127.0.0.1:${port}/sql`, { method: "POST", headers, body: text });
  const answer: unknown = await response.json();
  return { status: response.status, body: isRecord(answer) ? answer : {} };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
