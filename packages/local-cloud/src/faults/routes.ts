import { refusal } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Route } from "../http/routes.ts";
import { faultSchema, impossible } from "./fault.ts";
import type { Faults } from "./faults.ts";

/** `/__faults`: what is to go wrong, for whoever rehearses. */
export function faultRoutes(faults: Faults): readonly Route[] {
  const doc = (summary: string) => ({ service: "The local cloud's own", summary });
  return [
    {
      method: "GET",
      path: "/__faults",
      scope: "account:read",
      doc: doc("lists the faults, and how many requests each has happened to"),
      handle: () => ok(faults.list()),
    },
    {
      method: "POST",
      path: "/__faults",
      scope: "account:read",
      doc: doc("adds a fault"),
      handle: async (request) => {
        const fault = await request.json(faultSchema);
        const reason = impossible(fault);
        if (reason !== undefined) throw refusal(400, 10_001, reason);
        return ok(faults.add(fault), 201);
      },
    },
    {
      method: "DELETE",
      path: "/__faults",
      scope: "account:read",
      doc: doc("ends all faults"),
      handle: () => ok({ cleared: faults.clear() }),
    },
    {
      method: "DELETE",
      path: "/__faults/:faultId",
      scope: "account:read",
      doc: doc("ends a fault"),
      handle: ({ params }) => {
        const id = params["faultId"] ?? "";
        if (faults.clear(id) === 0) throw refusal(404, 10_404, `There is no fault ${id}.`);
        return ok({ cleared: 1 });
      },
    },
  ];
}
