import { setTimeout as sleep } from "node:timers/promises";
import { Request, Response } from "miniflare";
import { failureOf, type DialectName } from "./failure.ts";
import type { Effect, Subject } from "./fault.ts";
import type { Faults, Verdict } from "./faults.ts";

type Answerer = (request: Request) => Promise<Response>;

/** Where faults meet what Workers ask of other hosts. */
export interface OutboundInterception {
  readonly faults: Faults;
  readonly dialect: (subject: Subject) => DialectName;
  readonly subject: (request: Request) => Subject;
  readonly stale: (work: () => Promise<Response>) => Promise<Response>;
  readonly onFault: (subject: Subject, applied: { readonly id: string; readonly effect: Effect }) => void;
}

/** On an answer, it makes the outbound Worker throw: the Worker's `fetch` rejects as it does for a lost connection. */
export const RESET_HEADER = "x-local-cloud-reset";

const ALL: readonly Effect[] = ["error", "reset", "latency", "duplicate", "stale", "malformed"];

/** `answer` with faults in front of it. */
export function withOutboundFaults(interception: OutboundInterception, answer: Answerer): Answerer {
  return async (request) => {
    const subject = interception.subject(request);
    const possible = request.method === "GET" ? ALL : ALL.filter((effect) => effect !== "stale");
    const { latencyMs, fault } = interception.faults.decide(subject, possible);
    if (latencyMs > 0) await sleep(latencyMs);
    if (fault === undefined) return answer(request);
    interception.onFault(subject, fault);
    const again = await repeatable(request);
    return apply(interception, fault, { subject, carryOut: () => answer(again()) });
  };
}

async function apply(
  interception: OutboundInterception,
  fault: NonNullable<Verdict["fault"]>,
  { subject, carryOut }: { readonly subject: Subject; readonly carryOut: () => Promise<Response> },
): Promise<Response> {
  switch (fault.effect) {
    case "error": {
      if (fault.when === "after") await carryOut();
      const { body, ...init } = failureOf(fault, interception.dialect(subject));
      return new Response(body, init);
    }
    case "reset":
      if (fault.when === "after") await carryOut();
      return new Response(null, { headers: { [RESET_HEADER]: "1" } });
    case "duplicate":
      await carryOut();
      return carryOut();
    case "stale":
      return interception.stale(carryOut);
    case "malformed": {
      const { status, headers, ...answered } = await whole(await carryOut());
      const half = answered.body.subarray(0, Math.floor(answered.body.length / 2));
      headers.delete("content-length");
      return new Response(half, { status, headers });
    }
  }
}

async function whole(
  answered: Response,
): Promise<{ readonly status: number; readonly headers: Response["headers"]; readonly body: Buffer }> {
  const body = Buffer.from(await answered.arrayBuffer());
  return { status: answered.status, headers: answered.headers, body };
}

async function repeatable(request: Request): Promise<() => Request> {
  const { url, method, headers } = request;
  const bytes = request.body === null ? null : Buffer.from(await request.arrayBuffer());
  return () => new Request(url, { method, headers, body: bytes });
}
