import { expect, test } from "vitest";
import { newVisitor } from "../support/visitor.ts";
import type { WorkerUnderTest } from "../support/worker.ts";
import { type AccountsStage, cookieOf } from "./stage.ts";

/** JWTs and the secrets behind them. */
export function describeTokens(stage: AccountsStage): void {
  test("a JWT is from fm5-app for fm5-web, lasts a quarter of an hour and is proven by the published key", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();

    const { token } = await (await visitor.ask("/api/auth/token")).json();
    const { header, payload, signed, signature } = partsOf(token);
    const key = (await keysOf(stage.worker)).find(({ kid }) => kid === header.kid);

    expect(payload).toMatchObject({ iss: "fm5-app", aud: ["fm5-web"], email: visitor.email });
    expect(Number(payload["exp"]) - Number(payload["iat"])).toBe(15 * 60);
    const published = await crypto.subtle.importKey("jwk", key ?? {}, { name: "Ed25519" }, false, ["verify"]);
    expect(await crypto.subtle.verify("Ed25519", published, signature, signed)).toBe(true);
    expect(key).not.toHaveProperty("d");
  });

  test("the private half of a key isn't readable in the database", async () => {
    await keysOf(stage.worker);

    const rows = await stage.database.query(`SELECT "privateKey" FROM jwks`);

    expect(rows.length).toBeGreaterThan(0);
    for (const { privateKey } of rows)
      expect(Buffer.from(String(privateKey), "base64").includes('"d"')).toBe(false);
  });

  test("a new JWT_SECRET makes a new key and leaves people signed in", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const before = (await keysOf(stage.worker)).map(({ kid }) => kid);

    const renewed = await stage.withNewJwtSecret();
    const cookie = cookieOf(visitor);
    const session = await (await renewed.ask("/api/auth/get-session", { headers: { cookie } })).json();
    const { token } = await (await renewed.ask("/api/auth/token", { headers: { cookie } })).json();
    const after = (await keysOf(renewed)).map(({ kid }) => kid);

    expect(session.user.email).toBe(visitor.email);
    expect(after).toEqual([partsOf(token).header.kid]);
    expect(before).not.toContain(after[0]);
  });

  test("a new BETTER_AUTH_SECRET signs everybody out and breaks nothing", async () => {
    const visitor = newVisitor(stage.worker);
    await visitor.signUp();
    const cookie = cookieOf(visitor);

    const renewed = await stage.withNewAuthSecret();
    const session = await renewed.ask("/api/auth/get-session", { headers: { cookie } });
    const again = newVisitor(renewed);
    const signIn = await again.post("/api/auth/sign-in/email", {
      email: visitor.email,
      password: visitor.password,
    });
    const token = await again.ask("/api/auth/token");

    expect(session.status).toBe(200);
    expect(await session.json()).toBeNull();
    expect([signIn.status, token.status]).toEqual([200, 200]);
  });
}

interface TokenParts {
  readonly header: { readonly alg: string; readonly kid: string };
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

function partsOf(token: string): TokenParts {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return {
    header: json(header),
    payload: json(payload),
    signed: Uint8Array.from(Buffer.from(`${header}.${payload}`)),
    signature: Uint8Array.from(Buffer.from(signature, "base64url")),
  };
}

async function keysOf(asked: WorkerUnderTest): Promise<(JsonWebKey & { kid: string })[]> {
  return (await (await asked.ask("/api/auth/jwks")).json()).keys;
}
