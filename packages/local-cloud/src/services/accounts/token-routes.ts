import * as z from "zod";
import { ok } from "../../http/reply.ts";
import { SCOPES, type Route } from "../../http/routes.ts";
import type { AccountsBackend } from "./backend.ts";

const createSchema = z.object({ name: z.string().min(1).max(120), scopes: z.array(z.enum(SCOPES)) });

/** The local cloud's own way to a token that may do less than its first one, in place of Cloudflare's permission groups. */
export function tokenRoutes({ tokens }: AccountsBackend): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/__tokens",
      scope: "admin",
      doc: {
        service: "The local cloud's own",
        summary: "make a token with scopes",
        fields: { name: "supported", scopes: "supported", "→ token": "supported" },
      },
      handle: async (request) => {
        const { name, scopes } = await request.json(createSchema);
        const { token, text } = tokens.create(name, scopes);
        return ok({ id: token.id, name, scopes, token: text }, 201);
      },
    },
  ];
}
