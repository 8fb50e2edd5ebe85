import * as z from "zod";
import { refusal } from "../../http/refusal.ts";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { WorkersBackend } from "../workers/backend.ts";
import { workerOf } from "../workers/request-facts.ts";
import type { SchedulesBackend } from "./backend.ts";
import type { Deliver } from "./delivery.ts";

const SCHEDULES = "/accounts/:accountId/workers/scripts/:worker/schedules";
const SOURCE =
  "https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/schedules/";

/** @see https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/schedules/ */
export function scheduleRoutes(workers: WorkersBackend, schedules: SchedulesBackend): readonly Route[] {
  return [
    {
      method: "GET",
      path: SCHEDULES,
      scope: "workers:read",
      doc: { service: "Workers: cron triggers", summary: "the schedules of a Worker", source: SOURCE },
      handle: (request) => ok({ schedules: schedules.of(workers.worker(workerOf(request)).name) }),
    },
    {
      method: "PUT",
      path: SCHEDULES,
      scope: "workers:write",
      doc: {
        service: "Workers: cron triggers",
        summary: "replace the schedules of a Worker, which then fire at their minutes",
        source: SOURCE,
        fields: {
          cron: "supported",
          "L, W and #": "supported",
          firing: "approximated: on the minute, with no delay until a change holds, on one machine",
        },
      },
      handle: async (request) => {
        const { name } = workers.worker(workerOf(request));
        const crons = await request.json(z.array(z.object({ cron: z.string() })));
        return ok({
          schedules: schedules.replace(
            name,
            crons.map(({ cron }) => cron),
          ),
        });
      },
    },
  ];
}

/**
 * A route of the local cloud's own: runs a Worker's `scheduled` handler now and answers with its outcome. `?cron=` is
 * what the handler sees (default: the Worker's first schedule), `?scheduledTime=` the milliseconds (default: now).
 */
export function fireRoute(workers: WorkersBackend, schedules: SchedulesBackend, deliver: Deliver): Route {
  return {
    method: "POST",
    path: "/__cron/:worker",
    scope: "workers:write",
    doc: {
      service: "The local cloud's own",
      summary: "fire a Worker's schedule now",
      fields: { "?cron": "supported", "?scheduledTime": "supported" },
    },
    handle: async (request) => {
      const { name } = workers.worker(workerOf(request));
      const { searchParams } = request.url;
      const cron = searchParams.get("cron") ?? schedules.of(name).at(0)?.cron;
      if (cron === undefined)
        throw refusal(400, 10_001, `The Worker ${name} has no schedule. Name one with ?cron=.`);
      const scheduledTimeMs = Number(searchParams.get("scheduledTime") ?? Date.now());
      return ok(await deliver({ worker: name, cron, scheduledTimeMs }));
    },
  };
}
