import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";

const QUIET_MS = 10_500;

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Somebody who has no account yet; the address is one that Resend takes mails for and delivers to nobody.
 * @see https://resend.com/docs/dashboard/emails/send-test-emails
 */
export function newPerson(): Person {
  const id = randomUUID();
  return { name: `Tester ${id.slice(0, 4)}`, email: `delivered+${id}@resend.dev`, password: `pass-${id}` };
}

/** Creates an account by the form, confirms the address by the inbox's mail, and comes to the dashboard. */
export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await sendForm(page, "Create account", "Look into your mail");
  await page.goto(await linkMailedTo(person));
  await page.getByRole("button", { name: "Confirm my address" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await sendForm(page, "Sign in", "Dashboard");
}

/** The link in the newest mail to somebody, when it has come. */
async function linkMailedTo({ email }: Person): Promise<string> {
  const inbox = new URL(`/inbox.json?to=${encodeURIComponent(email)}`, process.env["E2E_INBOX_URL"]);
  for (;;) {
    const [newest] = (await (await fetch(inbox)).json()) as readonly { readonly text: string }[];
    const link = /https?:\S+#token=\S+/u.exec(newest?.text ?? "")?.[0];
    if (link !== undefined) return link;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
}

/** All tests come from one address, which FM5 lets sign up or in three times, and then again after ten quiet seconds. */
async function sendForm(page: Page, button: string, heading: string): Promise<void> {
  const next = page.getByRole("heading", { name: heading, exact: true });
  const tooMany = page.getByText("That was too often");
  await page.getByRole("button", { name: button }).click();
  await next.or(tooMany).waitFor();
  if (!(await tooMany.isVisible())) return;

  await page.waitForTimeout(QUIET_MS);
  await page.getByRole("button", { name: button }).click();
  await next.waitFor();
}
