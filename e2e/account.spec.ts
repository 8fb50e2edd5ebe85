import { expect, test } from "@playwright/test";
import { newPerson, signIn, signUp } from "./person.ts";

test("somebody signs up, confirms the address, and signs out", async ({ page }) => {
  const person = newPerson();

  await signUp(page, person);
  await expect(page.getByText(`Signed in as ${person.name}`)).toBeVisible();
  await page.getByRole("button", { name: `Account of ${person.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/");
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/sign-in?next=%2Fdashboard");
});

test("somebody who has an account signs in and finds the dashboard", async ({ page, context }) => {
  const person = newPerson();
  await signUp(page, person);
  await context.clearCookies();

  await signIn(page, person);

  await expect(page.getByText(`Signed in as ${person.name}`)).toBeVisible();
});

test("a wrong password is told as it is, and leaves the form filled", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page.getByRole("alert")).toContainText("Address or password is wrong.");
  await expect(page.getByLabel("E-mail")).toHaveValue("nobody@example.com");
});

test("a form waits for its script, so that nothing typed goes astray", async ({ browser, baseURL }) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  const page = await context.newPage();

  await page.goto("/sign-up");

  await expect(page.getByRole("button", { name: "Create account" })).toBeDisabled();
  await context.close();
});
