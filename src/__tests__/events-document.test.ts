import { readFileSync } from "node:fs";
import { COMMANDS } from "delivery/commands";
import { entrySchema } from "delivery/ledger-entry";
import { describe, expect, test } from "vitest";

const DOCUMENT = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");

/** What the first cells of a section's tables name. */
function named(heading: string): readonly string[] {
  const [, section = ""] = DOCUMENT.split(`\n## ${heading}\n`);
  const cells = (section.split("\n## ")[0] ?? "").matchAll(/^\| (`[^|]*`) +\|/gmu);
  return [...cells].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name),
  );
}

describe("docs/events.md", () => {
  test("has a row for each field and each type of an entry, and no other", () => {
    const { type } = entrySchema.shape;

    expect(new Set(named("An entry"))).toEqual(new Set([...Object.keys(entrySchema.shape), ...type.options]));
  });

  test("says for each command what it prints with --json", () => {
    const names = COMMANDS.map(({ synopsis }) => synopsis.replaceAll(/ \[?[A-Z]+(?:\|\S+)?\]?/gu, ""));

    expect(new Set(named("`--json`"))).toEqual(new Set(names));
  });
});
