import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What keeps people from using what is shown now, and in the dark, where only colours are others.
 * @see https://www.w3.org/TR/WCAG22/
 */
export async function expectNoBarriers(page: Page, what: string): Promise<void> {
  await showWhole(page);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  expect(await barriers(axe(page).withTags(RULES)), `${what}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  expect(await barriers(axe(page).withRules("color-contrast")), `${what}, dark`).toEqual([]);
}

/** There are no frames in which to look, so it needs no page of its own. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(true);
}

async function barriers(builder: AxeBuilder): Promise<readonly string[]> {
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** On a screen as high as the page, so that a bar at its edge covers nothing that one would scroll from under it. */
async function showWhole(page: Page): Promise<void> {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const needed = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, needed) });
}
