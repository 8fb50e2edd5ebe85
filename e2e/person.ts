import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";

const QUIET_MS = 10_500;

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Somebody who has no account yet; the address is one that no mail reaches. */
export function newPerson(): Person {
  const id = randomUUID();
  return { name: `Tester ${id.slice(0, 4)}`, email: `tester-${id}@example.com`, password: `pass-${id}` };
}

/** Creates an account by the form and comes to the dashboard. */
export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await sendForm(page, "Create account");
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await sendForm(page, "Sign in");
}

/** All tests come from one address, which FM5 lets sign up or in three times, and then again after ten quiet seconds. */
async function sendForm(page: Page, button: string): Promise<void> {
  const dashboard = page.getByRole("heading", { name: "Dashboard", exact: true });
  const tooMany = page.getByText("Too many requests");
  await page.getByRole("button", { name: button }).click();
  await dashboard.or(tooMany).waitFor();
  if (!(await tooMany.isVisible())) return;

  await page.waitForTimeout(QUIET_MS);
  await page.getByRole("button", { name: button }).click();
  await dashboard.waitFor();
}
