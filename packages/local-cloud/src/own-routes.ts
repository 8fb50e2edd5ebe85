import type { Faults } from "./faults/faults.ts";
import { faultRoutes } from "./faults/routes.ts";
import { refusal } from "./http/refusal.ts";
import { ok } from "./http/reply.ts";
import type { Route } from "./http/routes.ts";
import type { LoggedRequest } from "./request-log.ts";
import { resendRoutes } from "./services/resend/routes.ts";
import type { ResendParts } from "./services/resend/server.ts";
import type { XataService } from "./services/xata/backend.ts";

/** What went by that should not: a rehearsal fails when there is any. */
export interface Observations {
  /** Requests to the API that no route took, as `METHOD path`, each once. */
  readonly unknownRoutes: string[];
  /** Requests of Workers to hosts that have no stand-in, as `METHOD host`, each once. */
  readonly blockedRequests: string[];
  /** Worker → version id → how many requests it answered, and how many of them named it themselves. */
  readonly answered: Record<string, Record<string, { total: number; pinned: number }>>;
}

const MAX_OBSERVED = 1000;

/** Notes a line, once, however often it comes; and no more than a thousand. */
export function observe(lines: string[], line: string): void {
  if (lines.length < MAX_OBSERVED && !lines.includes(line)) lines.push(line);
}

/** What the local cloud's own routes show and do. */
export interface OwnParts {
  readonly resend: ResendParts;
  readonly observations: Observations;
  readonly faults: Faults;
  /** The newest requests, oldest of them first. */
  readonly requests: (query: {
    readonly limit: number;
    readonly service?: string;
  }) => readonly LoggedRequest[];
  /** PostgreSQL, where there is one: an outage is part of a rehearsal. */
  readonly databases: () => Pick<XataService, "stopPostgres" | "startPostgres"> | undefined;
}

/** Pages and JSON of the local cloud's own, next to the API. */
export function ownRoutes({ resend, observations, faults, requests, databases }: OwnParts): readonly Route[] {
  const outage =
    (change: (service: NonNullable<ReturnType<OwnParts["databases"]>>) => Promise<void>) => async () => {
      const service = databases();
      if (service === undefined)
        throw refusal(404, 10_404, "This local cloud has no database. Start it with --database NAME.");
      await change(service);
      return ok(null);
    };
  const doc = (summary: string) => ({ service: "The local cloud's own", summary });
  return [
    ...resendRoutes(resend),
    {
      method: "GET",
      path: "/__observations",
      scope: "account:read",
      doc: doc("requests without a route, requests of Workers that were blocked, and answers by version"),
      handle: () => ok(observations),
    },
    {
      method: "GET",
      path: "/__log",
      scope: "account:read",
      doc: doc("the newest requests"),
      handle: ({ url }) => ok(requests(logQuery(url))),
    },
    ...faultRoutes(faults),
    {
      method: "POST",
      path: "/__databases/stop",
      scope: "admin",
      doc: doc("stop PostgreSQL, as an outage"),
      handle: outage((service) => service.stopPostgres()),
    },
    {
      method: "POST",
      path: "/__databases/start",
      scope: "admin",
      doc: doc("start it again"),
      handle: outage((service) => service.startPostgres()),
    },
  ];
}

const DEFAULT_LOG_LINES = 100;

function logQuery({ searchParams }: URL): { readonly limit: number; readonly service?: string } {
  const service = searchParams.get("service");
  const limit = Math.trunc(Number(searchParams.get("limit") ?? DEFAULT_LOG_LINES));
  if (!(limit >= 1)) throw refusal(400, 10_001, "limit takes a whole number from 1.");
  return { limit, ...(service === null ? {} : { service }) };
}
