import { readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { commandsDocument } from "../../scripts/commands-document.ts";

const FILE = new URL("../../docs/commands.md", import.meta.url);
const SETTINGS = new URL("../../.prettierrc.json", import.meta.url);
const AGAIN = "node scripts/commands-document.ts > docs/commands.md && npx prettier --write docs/commands.md";

test("docs/commands.md says what the commands' help says", async () => {
  const settings = JSON.parse(readFileSync(SETTINGS, "utf8")) as object;
  const written = await format(commandsDocument(), { ...settings, parser: "markdown" });

  expect(readFileSync(FILE, "utf8"), `Write it again: ${AGAIN}`).toBe(written);
});
