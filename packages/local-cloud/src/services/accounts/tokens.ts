import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { SCOPES, type Scope } from "../../http/routes.ts";
import type { State } from "../../store/state.ts";

/** A token as it is kept: not its text, only the text's digest. */
export interface Token {
  /** 32 hex digits, not secret. */
  readonly id: string;
  readonly name: string;
  /** What it may do; undefined: everything. */
  readonly scopes: readonly Scope[] | undefined;
}

const SETTING = "api-tokens";
const storedSchema = z.array(
  z.object({ name: z.string(), digest: z.string(), scopes: z.array(z.enum(SCOPES)) }),
);
type Stored = z.infer<typeof storedSchema>;

/** The tokens that the API takes: the one that may do everything, and narrower ones that were asked for. */
export class Tokens {
  readonly #state: State;
  readonly #all: { readonly token: Token; readonly digest: Buffer }[];

  constructor(state: State, unrestricted: string) {
    this.#state = state;
    const narrow = this.#stored().map(({ name, digest, scopes }) =>
      entry(Buffer.from(digest, "hex"), name, scopes),
    );
    this.#all = [entry(digestOf(unrestricted), "unrestricted", undefined), ...narrow];
  }

  /** Makes a token that may do no more than the scopes say. Its text is shown this once. */
  create(
    name: string,
    scopes: readonly (typeof SCOPES)[number][],
  ): { readonly token: Token; readonly text: string } {
    const text = randomBytes(30).toString("base64url");
    const made = entry(digestOf(text), name, scopes);
    const stored = [...this.#stored(), { name, digest: made.digest.toString("hex"), scopes: [...scopes] }];
    this.#state.run(
      "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
      SETTING,
      JSON.stringify(stored),
    );
    this.#all.push(made);
    return { token: made.token, text };
  }

  find(text: string): Token | undefined {
    const given = digestOf(text);
    return this.#all.find(({ digest }) => timingSafeEqual(digest, given))?.token;
  }

  #stored(): Stored {
    return storedSchema.parse(JSON.parse(this.#state.setting(SETTING, () => "[]")));
  }
}

/** Whether a token covers a scope. Who may write may read. */
export function allows({ scopes }: Token, scope: Scope): boolean {
  if (scopes === undefined || scope === "none" || scopes.includes(scope)) return true;
  const [kind, access] = scope.split(":");
  return access === "read" && scopes.some((given) => given === `${kind}:write`);
}

function entry(
  digest: Buffer,
  name: string,
  scopes: readonly Scope[] | undefined,
): { readonly token: Token; readonly digest: Buffer } {
  return { digest, token: { id: digest.subarray(0, 16).toString("hex"), name, scopes } };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
