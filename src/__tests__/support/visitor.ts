import { randomInt, randomUUID } from "node:crypto";
import { vi } from "vitest";
import type { SentMail, WorkerUnderTest } from "./worker.ts";

/** Somebody with a browser's cookies and an address of their own. */
export interface Visitor {
  readonly email: string;
  readonly password: string;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (path: string, body: unknown) => Promise<Response>;
  /** Calls a mutation of the API. */
  readonly call: (procedure: string, input?: unknown) => Promise<Response>;
  /** Fills the form in; a mail is on its way then. */
  readonly fillSignUp: () => Promise<Response>;
  /** The newest of so many mails to the visitor, when it has come. */
  readonly mail: (count?: number) => Promise<SentMail>;
  /** Fills the form in and confirms the address by the mail: signed in afterwards. Returns the answer that sets the session. */
  readonly signUp: () => Promise<Response>;
  readonly signIn: (password?: string) => Promise<Response>;
  readonly cookies: ReadonlyMap<string, string>;
}

export function newVisitor(worker: WorkerUnderTest, email = newAddress()): Visitor {
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

  const call = (procedure: string, input: unknown = {}) => post(`/api/trpc/${procedure}`, input);
  const fillSignUp = () => post("/api/auth/sign-up/email", { name: "A Visitor", email, password });

  async function mail(count = 1): Promise<SentMail> {
    const find = () => {
      const found = worker.mails.filter(({ to }) => to.includes(email))[count - 1];
      if (found === undefined) throw new Error(`${email} has no mail ${count}`);
      return found;
    };
    return vi.waitFor(find, { interval: 5, timeout: 20_000 });
  }

  return {
    email,
    password,
    ask,
    post,
    call,
    fillSignUp,
    mail,
    signUp: async () => {
      const earlier = worker.mails.filter(({ to }) => to.includes(email)).length;
      await fillSignUp();
      return call("account.confirmEmail", { token: tokenIn(await mail(earlier + 1)) });
    },
    signIn: (given = password) => post("/api/auth/sign-in/email", { email, password: given }),
    cookies,
  };
}

/** One that Resend takes and delivers to nobody. @see https://resend.com/docs/dashboard/emails/send-test-emails */
function newAddress(): string {
  return `delivered+${randomUUID()}@resend.dev`;
}

/** The secret in a mail's link. */
export function tokenIn({ text }: Pick<SentMail, "text">): string {
  return decodeURIComponent(/#token=(?<token>\S+)/u.exec(text)?.groups?.["token"] ?? "");
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.slice(pair.indexOf("=") + 1);
  if (value === "" || /max-age=0/iu.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
