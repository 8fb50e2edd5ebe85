import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/request-facts.ts";
import type { TailBackend } from "./backend.ts";

const DOC = {
  service: "Workers: tail",
  source: "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/tail/",
} as const;
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
        ...DOC,
        summary: "begin a live log of a Worker, read from a WebSocket",
        fields: { "→ url": "supported", "→ expires_at": "supported", filters: "supported" },
      },
      handle: (request) => ok(present(tails.create(workers.worker(workerOf(request)).name))),
    },
    {
      method: "GET",
      path: TAILS,
      scope: "tail:read",
      doc: { ...DOC, summary: "the live logs of a Worker" },
      handle: (request) => ok(tails.list(workers.worker(workerOf(request)).name).map(present)),
    },
    {
      method: "DELETE",
      path: `${TAILS}/:tailId`,
      scope: "tail:read",
      doc: { ...DOC, summary: "end a live log" },
      handle: (request) => {
        tails.delete(request.params["tailId"] ?? "");
        return ok(null);
      },
    },
  ];
}
