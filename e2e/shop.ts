import type { Locator, Page } from "@playwright/test";

/** A filament with one spool of 1 kg, added by the form. */
export async function addFilament(
  page: Page,
  filament: {
    readonly brand: string;
    readonly material: string;
    readonly color: string;
    readonly hex: string;
  },
): Promise<void> {
  await page.goto("/filaments");
  const dialog = await openDialog(page, { button: "Add filament", title: "Add a filament" });
  await dialog.getByLabel("Brand").fill(filament.brand);
  await dialog.getByLabel("Material").fill(filament.material);
  await dialog.getByLabel("Colour").fill(filament.color);
  await dialog.getByLabel("Looks like").fill(filament.hex);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** Opens a dialog by a button, once the page's script has come, and returns it. */
export async function openDialog(
  page: Page,
  { button, title }: { readonly button: string; readonly title: string },
): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: title });
  await page.getByRole("button", { name: button }).first().click();
  await dialog.waitFor();
  return dialog;
}

export interface PrintFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A model with a variant whose first version is a print file. Ends on the model's page. */
export async function addModel(
  page: Page,
  model: { readonly name: string; readonly variant: string; readonly file: PrintFile },
): Promise<void> {
  await page.goto("/models");
  const adding = await openDialog(page, { button: "Add model", title: "Add a model" });
  await adding.getByLabel("Name").fill(model.name);
  await adding.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: model.name }).waitFor();

  const variant = await openDialog(page, { button: "Add variant", title: "Add a variant" });
  await variant.getByLabel("Name").fill(model.variant);
  const buffer = Buffer.from(model.file.content);
  await variant
    .locator("input[type=file]")
    .setInputFiles({ name: model.file.name, mimeType: "model/3mf", buffer });
  await variant.getByRole("button", { name: "Add", exact: true }).click();
  await variant.waitFor({ state: "hidden" });
}
