import * as z from "zod";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { State } from "../../store/state.ts";
import type { WorkersBackend } from "./backend.ts";
import { workerOf } from "./routes.ts";

const SCHEDULES = "/accounts/:accountId/workers/scripts/:worker/schedules";

interface Schedule {
  readonly cron: string;
  readonly created_on: string;
  readonly modified_on: string;
}

/** @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/schedules/ */
export function scheduleRoutes(workers: WorkersBackend, state: State): readonly Route[] {
  const schedulesOf = (worker: string): readonly Schedule[] => {
    const row = state.get("SELECT document FROM schedules WHERE worker = ?", worker);
    return row ? (JSON.parse(String(row["document"])) as readonly Schedule[]) : [];
  };
  return [
    {
      method: "GET",
      path: SCHEDULES,
      scope: "workers:read",
      handle: (request) => ok({ schedules: schedulesOf(workers.worker(workerOf(request)).name) }),
    },
    {
      method: "PUT",
      path: SCHEDULES,
      scope: "workers:write",
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        const crons = await request.json(z.array(z.object({ cron: z.string() })));
        const now = new Date().toISOString();
        const schedules = crons.map(({ cron }) => ({ cron, created_on: now, modified_on: now }));
        state.run(
          "INSERT OR REPLACE INTO schedules (worker, document) VALUES (?, ?)",
          name,
          JSON.stringify(schedules),
        );
        return ok({ schedules });
      },
    },
  ];
}
