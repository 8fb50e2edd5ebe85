import { parseValue } from "../../http/request.ts";
import { invalidJson } from "./errors.ts";
import { tailFiltersSchema } from "./filters.ts";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/request-facts.ts";
import type { TailBackend } from "./backend.ts";

const TAIL = "Workers: tail";
const SOURCE =
  "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/tail/";
const TAILS = "/accounts/:accountId/workers/scripts/:worker/tails";

/** `socketOrigin` is where clients connect, such as `ws://127.0.0.1:8787`. @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/tail/ */
export function tailRoutes(
  tails: TailBackend,
  workers: WorkersBackend,
  socketOrigin: () => string,
): readonly Route[] {
  const present = ({ id, expiresAt }: { id: string; expiresAt: string }) => {
    return { id, url: `${socketOrigin()}/tails/${id}`, expires_at: expiresAt };
  };
  return [
    {
      method: "POST",
      path: TAILS,
      scope: "tail:read",
      doc: {
        service: TAIL,
        summary: "begin a live log; its events come through a WebSocket of the subprotocol trace-v1",
        source: SOURCE,
        fields: {
          "filters[]": "supported",
          "at more than 100 events a second": "approximated: one in ten is sent, and the client is told so",
          "→ wallTime, cpuTime": "approximated: 0, as the open-source runtime gives them",
        },
      },
      handle: async (request) => {
        const worker = workers.worker(workerOf(request)).name;
        const body = (await request.bytes()).toString("utf8");
        const { filters } = parseValue(body === "" ? {} : parsedJson(body), tailFiltersSchema);
        return ok(present(tails.create(worker, filters)));
      },
    },
    {
      method: "GET",
      path: TAILS,
      scope: "tail:read",
      doc: { service: TAIL, summary: "list live logs", source: SOURCE },
      handle: (request) => ok(tails.list(workers.worker(workerOf(request)).name).map(present)),
    },
    {
      method: "DELETE",
      path: `${TAILS}/:tailId`,
      scope: "tail:read",
      doc: { service: TAIL, summary: "end a live log", source: SOURCE },
      handle: (request) => {
        tails.delete(request.params["tailId"] ?? "");
        return ok(null);
      },
    },
  ];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}
