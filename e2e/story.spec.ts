import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { unzipSync } from "fflate";
import { bambuProject } from "../lib/print-files/__tests__/archives.ts";
import { expectNoBarriers } from "./accessibility.ts";
import { newPerson, signUp } from "./person.ts";
import { addFilament, addModel } from "./shop.ts";

const SLICED = `<?xml version="1.0" encoding="UTF-8"?>
<config>
  <plate>
    <metadata key="index" value="1"/>
    <metadata key="prediction" value="5124"/>
    <filament id="1" type="PLA" color="#161616" used_m="104.6" used_g="312" />
  </plate>
</config>`;

const NAME = "benchy ü.3mf";

test("a shop knows its filament: from signing up over a print to leaving with everything", async ({
  page,
}) => {
  test.slow();
  const person = newPerson();
  const content = bambuProject({ sliceInfo: SLICED });

  await test.step("somebody signs up and puts a filament on the shelf", async () => {
    await signUp(page, person);
    await addFilament(page, { brand: "Plain", material: "PLA", color: "Black", hex: "#161616" });
    await expect(page.getByText("1,000 g of 1,000 g").first()).toBeVisible();
  });

  await test.step("a print file tells what its slicer wrote", async () => {
    await addModel(page, { name: "Benchy", variant: "0.2 mm", file: { name: NAME, content } });
    const version = page.getByRole("article", { name: "Version 1" });
    await expect(version).toContainText("Bambu Studio", { timeout: 20_000 });
    await expect(version).toContainText("0.2 mm");
    await expect(version).toContainText("312 g");
    await expectNoBarriers(page, "a model with a version");
  });

  await test.step("it is downloaded byte for byte", async () => {
    const bytes = await download(page, () =>
      page.getByRole("link", { name: `Download version 1: ${NAME}` }).click(),
    );
    expect(bytes.name).toBe(NAME);
    expect(bytes.content.equals(content)).toBe(true);
  });

  await test.step("it is queued, started and completed", async () => {
    await page.getByRole("link", { name: "Add to the queue" }).click();
    await page.getByRole("button", { name: "Add to the queue" }).click();
    await expect(page.getByText("Enough filament")).toBeVisible();
    await expectNoBarriers(page, "a queue with a job");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("button", { name: "Complete" }).click();
    const dialog = page.getByRole("dialog", { name: "is printed" });
    await dialog.getByRole("button", { name: "Complete" }).click();
    await dialog.waitFor({ state: "hidden" });
  });

  await test.step("the stock has fallen by what was printed", async () => {
    await page.goto("/filaments");
    await expect(page.getByText("688 g", { exact: false }).first()).toBeVisible();
  });

  await test.step("everything can be taken along", async () => {
    await page.goto("/account");
    const archive = await download(page, () =>
      page.getByRole("link", { name: "Download everything" }).click(),
    );
    const entries = unzipSync(archive.content);
    const kept = Object.entries(entries).find(([path]) => path.endsWith(".3mf"));
    expect(Buffer.from(kept?.[1] ?? []).equals(content)).toBe(true);
  });

  await test.step("an account that was deleted is gone", async () => {
    await page.getByRole("button", { name: "Delete account" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete your account?" });
    await dialog.getByLabel("Your password").fill(person.password);
    await dialog.getByRole("button", { name: "Delete my account" }).click();
    await expect(page).toHaveURL("/goodbye");
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText(/password/iu);
  });
});

async function download(
  page: Page,
  begin: () => Promise<void>,
): Promise<{ readonly name: string; readonly content: Buffer }> {
  const downloading = page.waitForEvent("download");
  await begin();
  const file = await downloading;
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}
