import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Scope } from "../../http/routes.ts";
import { refusal, Refusal } from "../../http/refusal.ts";
import type { State } from "../../store/state.ts";

/** The one account of the local cloud, and the tokens that may act on it. */
export class AccountsBackend {
  readonly accountId: string;
  readonly apiToken: string;
  readonly #tokens: readonly Token[];

  constructor(state: State) {
    this.accountId = state.setting("account-id", () => randomBytes(16).toString("hex"));
    this.apiToken = state.setting("api-token", () => randomBytes(30).toString("base64url"));
    this.#tokens = [
      { id: digest(this.apiToken).subarray(0, 16).toString("hex"), digest: digest(this.apiToken) },
    ];
  }

  /**
   * Lets a request pass, or refuses it.
   * @throws {Refusal} 400/6003 for a malformed header, 401/10000 for an unknown token, 403/10000 for another account.
   * @see https://developers.cloudflare.com/fundamentals/api/troubleshooting/
   */
  authorize(authorization: string | null, accountId: string | undefined, scope: Scope): void {
    if (scope === "none") return;
    this.token(authorization);
    if (accountId !== undefined && accountId !== this.accountId)
      throw refusal(403, 10_000, "Authentication error");
  }

  /** The token that a request carries. */
  token(authorization: string | null): Token {
    const presented = /^Bearer ([\w-]+)$/u.exec(authorization ?? "")?.[1];
    if (presented === undefined) throw malformedAuthorization();
    const given = digest(presented);
    const token = this.#tokens.find((candidate) => timingSafeEqual(candidate.digest, given));
    if (token === undefined) throw refusal(401, 10_000, "Authentication error");
    return token;
  }
}

export interface Token {
  /** 32 hex digits, not secret. */
  readonly id: string;
  readonly digest: Buffer;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function malformedAuthorization(): Refusal {
  const chain = [{ code: 6111, message: "Invalid format for Authorization header" }];
  return new Refusal(400, [{ code: 6003, message: "Invalid request headers", error_chain: chain }]);
}
