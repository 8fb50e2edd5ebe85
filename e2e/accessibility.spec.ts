import { expect, test } from "@playwright/test";
import { expectNoBarriers } from "./accessibility.ts";
import { newPerson, signUp } from "./person.ts";

const PUBLIC = ["/", "/health", "/sign-in", "/sign-up", "/forgot", "/reset", "/verify", "/no-such-page"];
const SIGNED_IN = [
  "/dashboard",
  "/filaments",
  "/shopping",
  "/models",
  "/queue",
  "/queue/add",
  "/queue/history",
  "/search?q=black",
  "/account",
];

test("pages for everybody keep nobody out", async ({ page }) => {
  for (const path of PUBLIC) {
    await page.goto(path, { waitUntil: "networkidle" });
    await expectNoBarriers(page, path);
  }
});

test("a shop's pages keep nobody out, with nothing in them yet and with something", async ({ page }) => {
  test.slow();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => (message.type() === "error" ? errors.push(message.text()) : undefined));
  await signUp(page, newPerson());

  await page.goto("/dashboard", { waitUntil: "networkidle" });
  await expectNoBarriers(page, "an empty dashboard");
  await page.goto("/filaments", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Add filament" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a filament" });
  await dialog.waitFor();
  await expectNoBarriers(page, "the dialog for a filament");
  await dialog.getByLabel("Brand").fill("Plain");
  await dialog.getByLabel("Material").fill("PLA");
  await dialog.getByLabel("Colour").fill("Black");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });

  for (const path of SIGNED_IN) {
    await page.goto(path, { waitUntil: "networkidle" });
    await expectNoBarriers(page, path);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBe(0);
  }
  expect(errors).toEqual([]);
});
