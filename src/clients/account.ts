import { messageOf } from "./messages.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface NewAccount extends Credentials {
  readonly name: string;
}

export type Reply = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Creates an account and signs in. */
export async function signUp(account: NewAccount): Promise<Reply> {
  return post("/api/auth/sign-up/email", account);
}

export async function signIn(credentials: Credentials): Promise<Reply> {
  return post("/api/auth/sign-in/email", credentials);
}

async function signOut(): Promise<Reply> {
  return post("/api/auth/sign-out", {});
}

/** Signs out and starts anew at the home page: a whole new page, so that nothing of the old one stays in memory. */
export async function leave(): Promise<void> {
  await signOut();
  globalThis.location.assign("/");
}

async function post(path: string, body: unknown): Promise<Reply> {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok ? { ok: true } : { ok: false, message: await messageOf(answer) };
  } catch {
    return { ok: false, message: "FM5 can’t be reached. Please check your connection." };
  }
}
