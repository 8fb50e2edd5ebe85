import { randomBytes } from "node:crypto";
import type { Scope } from "../../http/routes.ts";
import { refusal, Refusal } from "../../http/refusal.ts";
import type { State } from "../../store/state.ts";
import { allows, Tokens, type Token } from "./tokens.ts";

/** The one account of the local cloud, and the tokens that may act on it. */
export class AccountsBackend {
  readonly accountId: string;
  readonly apiToken: string;
  readonly tokens: Tokens;

  constructor(state: State) {
    this.accountId = state.setting("account-id", () => randomBytes(16).toString("hex"));
    this.apiToken = state.setting("api-token", () => randomBytes(30).toString("base64url"));
    this.tokens = new Tokens(state, this.apiToken);
  }

  /**
   * Lets a request pass and says whose it is (nobody's where the route needs no token), or refuses it.
   * @throws {Refusal} 400/6003 for a malformed header, 401/10000 for an unknown token, 403/10000 for another account or a
   * token without the scope, 404/7003 for an account id that is none.
   * @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/
   */
  authorize(authorization: string | null, accountId: string | undefined, scope: Scope): Token | undefined {
    if (scope === "none") return undefined;
    const token = this.token(authorization);
    if (accountId !== undefined && !/^[0-9a-f]{32}$/u.test(accountId)) throw notAnAccount(accountId);
    if (accountId !== undefined && accountId !== this.accountId) throw authenticationError(403);
    if (!allows(token, scope)) throw authenticationError(403);
    return token;
  }

  /** The token that a request carries. */
  token(authorization: string | null): Token {
    const presented = /^Bearer ([\w-]+)$/u.exec(authorization ?? "")?.[1];
    if (presented === undefined) throw malformedAuthorization();
    const token = this.tokens.find(presented);
    if (token === undefined) throw authenticationError(401);
    return token;
  }
}

/** wrangler: `isAuthenticationError`, which then suggests `wrangler whoami`. */
function authenticationError(status: 401 | 403): Refusal {
  return refusal(status, 10_000, "Authentication error");
}

function malformedAuthorization(): Refusal {
  const chain = [{ code: 6111, message: "Invalid format for Authorization header" }];
  return new Refusal(400, [{ code: 6003, message: "Invalid request headers", error_chain: chain }]);
}

/** @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/ */
function notAnAccount(id: string): Refusal {
  return refusal(
    404,
    7003,
    `Could not route to /client/v4/accounts/${id}, perhaps your object identifier is invalid?`,
  );
}
