import { expect, test } from "@playwright/test";
import { expectNoBarriers } from "./accessibility.ts";
import { makeAdmin } from "./admin.ts";
import { newPerson, signUp } from "./person.ts";
import { addFilament, openDialog } from "./shop.ts";

const PUBLIC = [
  "/",
  "/health",
  "/sign-in",
  "/sign-up",
  "/forgot",
  "/reset",
  "/verify",
  "/goodbye",
  "/no-such-page",
];
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
  await openDialog(page, { button: "Add filament", title: "Add a filament" });
  await expectNoBarriers(page, "the dialog for a filament");
  await addFilament(page, { brand: "Plain", material: "PLA", color: "Black", hex: "#161616" });
  await expectNoBarriers(page, "a filament");

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

test("an admin's pages keep nobody out", async ({ page }) => {
  const person = newPerson();
  await signUp(page, person);
  await makeAdmin(person);

  for (const path of ["/admin", "/admin/users", "/admin/events"]) {
    await page.goto(path, { waitUntil: "networkidle" });
    await expect(page.getByRole("heading", { level: 1, name: "Admin" })).toBeVisible();
    await expectNoBarriers(page, path);
  }
});
