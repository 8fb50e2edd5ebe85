import { expect, test } from "@playwright/test";

test("the home page says what FM5 is and which release answers", async ({ page }) => {
  const answer = await page.goto("/");

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Know what’s on every spool.");
  await expect(
    page.getByText(answer?.headers()["x-worker-version"] ?? "no version", { exact: true }),
  ).toBeVisible();
  await expect(page.getByText(answer?.headers()["x-release"] ?? "no release", { exact: true })).toBeVisible();
});

test("the home page is whole without a script", async ({ browser, baseURL }) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  const page = await context.newPage();

  await page.goto("/");

  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "Create an account" })).toBeVisible();
  await context.close();
});

test("no page is wider than its screen, and none reports an error", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => (message.type() === "error" ? errors.push(message.text()) : undefined));

  for (const path of ["/", "/health", "/sign-in", "/sign-up"]) {
    await page.goto(path, { waitUntil: "networkidle" });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBe(0);
  }

  expect(errors).toEqual([]);
});

test("the health page tells each service's state", async ({ page }) => {
  const answer = await page.goto("/health");

  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("FM5 is well");
  for (const service of ["Database", "Schema", "File storage", "E-mail"]) {
    await expect(page.getByRole("listitem").filter({ hasText: service })).toContainText(/Works|Down/u);
  }
});

test("health is asked anew when one comes to it from another page", async ({ page }) => {
  await page.goto("/");

  await page.getByRole("navigation").getByRole("link", { name: "Health" }).click();

  await expect(page.getByRole("heading", { level: 1 })).toContainText("FM5 is well");
});

test("an address that leads nowhere is 404 and leads back", async ({ page }) => {
  const answer = await page.goto("/no-such-page");

  expect(answer?.status()).toBe(404);
  await page.getByRole("link", { name: "Back to the start" }).click();
  await expect(page).toHaveURL("/");
});

test("a keyboard reaches the content first", async ({ page }) => {
  await page.goto("/");

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");

  await expect(page.getByRole("main")).toBeFocused();
});
