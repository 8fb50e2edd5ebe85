import { createHmac } from "node:crypto";
import type { Parameter } from "prisma-xata";
import { beforeEach, expect, test, vi } from "vitest";
import { youngSession } from "./young-session.ts";

const NAME = "__Secure-fm5.session_token";
const DAY_SECONDS = 24 * 60 * 60;
const RULES = {
  authCookies: { sessionToken: { name: NAME } },
  secret: "a secret that signs cookies",
  sessionConfig: { expiresIn: 7 * DAY_SECONDS, updateAge: DAY_SECONDS },
};
const OWNER = { id: "ada", sessionId: "one" };

const asked: (readonly Parameter[])[] = [];

beforeEach(() => {
  asked.length = 0;
});

function signed(token: string, secret = RULES.secret): string {
  return encodeURIComponent(`${token}.${createHmac("sha256", secret).update(token).digest("base64")}`);
}

async function ask(cookie: string, rows: readonly object[] = [OWNER]) {
  const query = async (_sql: string, parameters: readonly Parameter[] = []) => {
    asked.push(parameters);
    return { rows: rows as Readonly<Record<string, never>>[], command: "SELECT", rowCount: rows.length };
  };
  const request = new Request("https://fm5.example/", { headers: { cookie } });
  return youngSession({ request, rules: RULES, database: { query } });
}

test("a signed cookie opens its session, when that one isn't to be renewed yet", async () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-01T00:00:00Z") });

  const owner = await ask(`theme=dark; ${NAME}=${signed("token.with.dots")}`);
  vi.useRealTimers();

  expect(owner).toEqual(OWNER);
  expect(asked).toEqual([["token.with.dots", new Date("2026-11-07T00:00:00Z")]]);
});

test("where the database has no such session, Better Auth is to decide", async () => {
  expect(await ask(`${NAME}=${signed("token")}`, [])).toBeNull();
});

test.each([
  ["none", ""],
  ["one under another name", `fm5.session_token=${signed("token")}`],
  ["one without a signature", `${NAME}=token`],
  ["one with an empty signature", `${NAME}=token.`],
  ["one that is signed by another secret", `${NAME}=${signed("token", "another secret")}`],
  ["another token's signature", `${NAME}=${signed("token").replace("token", "other")}`],
  ["a signature that goes on", `${NAME}=${signed("token")}AAAA`],
  ["a signature of nothing", `${NAME}=${signed("")}`],
  ["one that can't be decoded", `${NAME}=%E0%A4%A.%`],
])("the database isn't asked with a bad cookie: %s", async (_, cookie) => {
  expect(await ask(cookie)).toBeNull();
  expect(asked).toEqual([]);
});
