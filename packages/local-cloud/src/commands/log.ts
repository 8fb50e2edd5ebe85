import { join, resolve } from "node:path";
import process from "node:process";
import { readRequestLog, type LoggedRequest } from "../request-log.ts";
import { numberOf, usage } from "./arguments.ts";

const DEFAULT_LINES = 50;

/** Prints the newest requests, from the files: it needs no running local cloud. Returns the exit code. */
export function log(values: {
  readonly dataDir: string;
  readonly json?: boolean | undefined;
  readonly service?: string | undefined;
  readonly limit?: string | undefined;
}): number {
  const limit = numberOf(values.limit, "--limit") ?? DEFAULT_LINES;
  if (!Number.isInteger(limit) || limit < 1) throw usage("--limit takes a whole number from 1.");
  const folder = join(resolve(values.dataDir), "log");
  for (const request of readRequestLog(folder, { limit, service: values.service }))
    process.stdout.write(`${values.json === true ? JSON.stringify(request) : lineOf(request)}\n`);
  return 0;
}

function lineOf({ at, service, method, host = "", path, ...rest }: LoggedRequest): string {
  const outcome = rest.fault === undefined ? `→ ${rest.status}` : `FAULT ${rest.fault}`;
  const duration = rest.durationMs === undefined ? "" : ` (${rest.durationMs} ms)`;
  return `${at} ${service}: ${method} ${host}${path} ${outcome}${duration} ${rest.versionId?.slice(0, 8) ?? ""}`.trimEnd();
}
