import { randomInt, randomUUID } from "node:crypto";
import type { WorkerUnderTest } from "./worker.ts";

/** Somebody with a browser's cookies and an address of their own. */
export interface Visitor {
  readonly email: string;
  readonly password: string;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (path: string, body: unknown) => Promise<Response>;
  readonly signUp: () => Promise<Response>;
  readonly cookies: ReadonlyMap<string, string>;
}

export function newVisitor(worker: WorkerUnderTest): Visitor {
  const email = `${randomUUID()}@example.com`;
  const password = `pass-${randomUUID()}`;
  const address = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const cookies = new Map<string, string>();

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("cf-connecting-ip", address);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await worker.ask(path, { ...init, headers });
    for (const line of answer.headers.getSetCookie()) keep(cookies, line);
    return answer;
  }

  async function post(path: string, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json", origin: worker.origin };
    return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  return {
    email,
    password,
    ask,
    post,
    signUp: () => post("/api/auth/sign-up/email", { name: "A Visitor", email, password }),
    cookies,
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.slice(pair.indexOf("=") + 1);
  if (value === "" || /max-age=0/iu.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
