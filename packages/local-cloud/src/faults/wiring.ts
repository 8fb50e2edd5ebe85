import type { IncomingMessage, Server } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Request, Response } from "miniflare";
import { logRequests, type LoggedRequest, type RequestLog } from "../request-log.ts";
import type { State } from "../store/state.ts";
import type { DialectName } from "./failure.ts";
import type { Effect, Service, Subject } from "./fault.ts";
import { Faults } from "./faults.ts";
import { intercept } from "./intercept.ts";
import { withOutboundFaults } from "./outbound.ts";
import { apiSubject, edgeSubject, xataSubject } from "./subjects.ts";

/** Puts faults and the request log in front of each server, in one place. */
export interface Wiring {
  readonly faults: Faults;
  api(server: Server): void;
  /** What is carried out apart from its connection goes to `replayPort`, where HTTP is spoken: default, the server's own. */
  edge(server: Server | Http2SecureServer, replayPort?: () => number): void;
  xata(server: Server): void;
  /** Whether a client of PostgreSQL's own protocol is let in; where it isn't, its connection is cut. */
  postgres(socket: Socket): Promise<boolean>;
  outbound(answer: (request: Request) => Promise<Response>): (request: Request) => Promise<Response>;
}

/** Hosts that are services of their own, besides being `outbound`. */
export type OutboundServices = Readonly<Record<string, Extract<Service, "resend">>>;

export function createWiring(parts: {
  readonly state: State;
  readonly requests: RequestLog;
  readonly apiPrefix: string;
  readonly outboundServices: OutboundServices;
  readonly log: (line: string) => void;
}): Wiring {
  const { state, requests, apiPrefix, outboundServices } = parts;
  const faults = new Faults({ freeze: () => state.freeze(), thaw: () => state.thaw() });
  const note = (service: LoggedRequest["service"], subject: Subject, applied: Applied) => {
    const fault = `${applied.effect} ${applied.id}`;
    parts.log(`FAULT ${fault}: ${service} ${subject.method} ${subject.host ?? ""}${subject.path}`);
    requests.record({ at: new Date().toISOString(), service, ...shown(subject), fault });
  };
  const front = (
    server: Server | Http2SecureServer,
    at: {
      readonly replayPort?: (() => number) | undefined;
      readonly service: LoggedRequest["service"];
      readonly dialect: DialectName;
      readonly subject: (request: IncomingMessage) => Subject;
    },
  ) =>
    intercept(server, {
      faults,
      replayPort: at.replayPort,
      dialect: at.dialect,
      subject: at.subject,
      stale: (work) => state.stale(work),
      onFault: (request, applied) => note(at.service, at.subject(request), applied),
    });
  return {
    faults,
    api: (server) => {
      logRequests(server, "api", requests);
      front(server, {
        service: "api",
        dialect: "cloudflare",
        subject: (request) => apiSubject(request, apiPrefix),
      });
    },
    edge: (server, replayPort) =>
      front(server, { service: "edge", dialect: "edge", subject: edgeSubject, replayPort }),
    xata: (server) => {
      logRequests(server, "xata", requests);
      front(server, { service: "xata", dialect: "xata", subject: xataSubject });
    },
    postgres: async (socket) => {
      const subject: Subject = { services: ["xata"], method: "CONNECT", path: "/" };
      const { latencyMs, fault } = faults.decide(subject, ["reset", "latency"]);
      if (latencyMs > 0) await sleep(latencyMs);
      if (fault === undefined) return true;
      note("xata", subject, fault);
      socket.resetAndDestroy();
      return false;
    },
    outbound: (answer) =>
      withOutboundFaults(
        {
          faults,
          dialect: ({ services }) => (services.includes("resend") ? "resend" : "edge"),
          subject: (request) => outboundSubject(request, outboundServices),
          stale: (work) => state.stale(work),
          onFault: (subject, applied) => note("outbound", subject, applied),
        },
        answer,
      ),
  };
}

interface Applied {
  readonly id: string;
  readonly effect: Effect;
}

function outboundSubject(request: Request, services: OutboundServices): Subject {
  const { hostname, pathname } = new URL(request.url);
  const service = services[hostname];
  return {
    services: service === undefined ? ["outbound"] : ["outbound", service],
    method: request.method,
    path: pathname,
    host: hostname,
  };
}

function shown({ method, path, host }: Subject): Pick<LoggedRequest, "method" | "path" | "host"> {
  return { method, path, ...(host === undefined ? {} : { host }) };
}
