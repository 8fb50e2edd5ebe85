import type { Deployment } from "./deployment.ts";

/** Where something happened. Holds no query, body, cookie or address: nothing of the user's. */
export interface LogScene {
  readonly requestId: string;
  readonly deployment: Deployment;
  readonly method?: string;
  readonly path?: string;
}

interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly frames: readonly string[];
  readonly cause?: ErrorDescription;
}

/** Writes one JSON line to the Worker's log, as `wrangler tail` and Workers Logs read it. */
export function logError(message: string, error: unknown, scene: LogScene): void {
  const line = {
    level: "error",
    message,
    requestId: scene.requestId,
    ...scene.deployment,
    method: scene.method,
    path: scene.path === undefined ? undefined : withoutTokens(scene.path),
    error: describeError(error),
  };
  // oxlint-disable-next-line no-console -- a Worker's log is its console
  console.error(JSON.stringify(line));
}

/** An error for the log: its causes three deep, its message without addresses, e-mails and URLs. */
export function describeError(error: unknown, depth = 3): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: scrub(String(error)), frames: [] };
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    name: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message: scrub(error.message),
    frames: framesOf(error.stack),
    ...(error.cause !== undefined && depth > 1 ? { cause: describeError(error.cause, depth - 1) } : {}),
  };
}

/** Messages of libraries may quote what a user sent or where a secret leads. */
function scrub(text: string): string {
  return text
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`)]+/giu, "[url]")
    .replaceAll(/[^\s"'`<(]+@[^\s"'`>)]+/gu, "[email]")
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b/gu, "[address]")
    .slice(0, 1000);
}

/** The stack without its first lines, which repeat the message. */
function framesOf(stack: string | undefined): readonly string[] {
  return (stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /u.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
}

/** Links in e-mails carry their secret in the path. */
function withoutTokens(path: string): string {
  return path
    .split("/")
    .map((segment) => (segment.length > 40 ? "[long]" : segment))
    .join("/");
}
