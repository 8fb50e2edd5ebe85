import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { AccountsBackend } from "./backend.ts";
import { ACCOUNT_NAME, USER_EMAIL, USER_ID } from "./model.ts";

/** @see https://developers.cloudflare.com/api/resources/accounts/ and /user/ */
export function accountRoutes(accounts: AccountsBackend): readonly Route[] {
  const account = { id: accounts.accountId, name: ACCOUNT_NAME, type: "standard", settings: {} };
  return [
    {
      method: "GET",
      path: "/user/tokens/verify",
      scope: "account:read",
      handle: (request) =>
        ok({ id: accounts.token(request.headers.get("authorization")).id, status: "active" }),
    },
    {
      method: "GET",
      path: "/user",
      scope: "account:read",
      handle: () => ok({ id: USER_ID, email: USER_EMAIL }),
    },
    {
      method: "GET",
      path: "/accounts",
      scope: "account:read",
      handle: (request) => paged(request, [account]),
    },
    { method: "GET", path: "/accounts/:accountId", scope: "account:read", handle: () => ok(account) },
    {
      method: "GET",
      path: "/memberships",
      scope: "account:read",
      handle: (request) =>
        paged(request, [{ id: accounts.accountId, status: "accepted", account, roles: ["Administrator"] }]),
    },
  ];
}
