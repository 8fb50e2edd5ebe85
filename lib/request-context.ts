import { AsyncLocalStorage } from "node:async_hooks";
import type { PrismaClient } from "../generated/prisma/client.ts";
import type { Deployment } from "./deployment.ts";
import type { Env, EnvReading } from "./env.ts";

/** What belongs to one request and must not outlive it. */
export interface RequestContext {
  /** Cloudflare's ray id where there is one, otherwise a UUID. */
  readonly requestId: string;
  readonly request: Request;
  /** What the answer's headers are to be besides its own: cookies, for one. */
  readonly answerHeaders: Headers;
  /** Marks the page's own scripts and styles for its Content-Security-Policy. Never the same twice. */
  readonly nonce: string;
  readonly deployment: Deployment;
  readonly reading: EnvReading;
  /** @throws EnvError when a setting is missing or unusable. */
  readonly env: () => Env;
  /**
   * The database client, one for all requests; whatever it sends for this one is sent in this one.
   * @throws EnvError without XATA_DATABASE_URL.
   */
  readonly database: () => PrismaClient;
  /** Keeps the request alive until `work` is done, after the answer has gone. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

const contexts = new AsyncLocalStorage<RequestContext>();

export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return contexts.run(context, work);
}

/** @throws Error outside of a request: a defect. */
export function requestContext(): RequestContext {
  const context = contexts.getStore();
  if (context === undefined) throw new Error("There is no request here");
  return context;
}
