import { paged } from "../../http/pages.ts";
import { ok } from "../../http/reply.ts";
import type { Route } from "../../http/routes.ts";
import type { AccountsBackend } from "./backend.ts";
import { ACCOUNT_NAME, USER_EMAIL, USER_ID } from "./model.ts";

const SOURCE = "https://developers.cloudflare.com/api/resources/accounts/";

/** @see https://developers.cloudflare.com/api/resources/accounts/ and /user/ */
export function accountRoutes(accounts: AccountsBackend): readonly Route[] {
  const account = { id: accounts.accountId, name: ACCOUNT_NAME, type: "standard", settings: {} };
  const doc = (summary: string) => ({ service: "Accounts and tokens", summary, source: SOURCE });
  return [
    {
      method: "GET",
      path: "/user/tokens/verify",
      scope: "none",
      doc: doc("whether the token is valid"),
      handle: (request) =>
        ok({ id: accounts.token(request.headers.get("authorization")).id, status: "active" }),
    },
    {
      method: "GET",
      path: "/user",
      scope: "account:read",
      doc: doc("the one user"),
      handle: () => ok({ id: USER_ID, email: USER_EMAIL }),
    },
    {
      method: "GET",
      path: "/accounts",
      scope: "account:read",
      doc: doc("the one account"),
      handle: (request) => paged(request, [account]),
    },
    {
      method: "GET",
      path: "/accounts/:accountId",
      scope: "account:read",
      doc: doc("the one account"),
      handle: () => ok(account),
    },
    {
      method: "GET",
      path: "/memberships",
      scope: "account:read",
      doc: doc("the one membership"),
      handle: (request) =>
        paged(request, [{ id: accounts.accountId, status: "accepted", account, roles: ["Administrator"] }]),
    },
  ];
}
