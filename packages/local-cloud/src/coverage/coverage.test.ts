import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documented } from "./documented.ts";
import { coverageMarkdown } from "./markdown.ts";

const FILE = new URL("../../../../docs/coverage.md", import.meta.url);

test("docs/coverage.md is what the route tables say: npx local-cloud coverage > docs/coverage.md", async () => {
  expect(readFileSync(FILE, "utf8")).toBe(coverageMarkdown(await documented()));
});

test("each route says what it supports", async () => {
  const silent = (await documented()).filter(({ doc }) => doc === undefined);

  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

test("a field is said to be supported, refused or approximated, and how", () => {
  const doc = {
    service: "Things",
    summary: "make a thing",
    fields: { name: "supported", "?deep": "refused: deep things (10501)", size: "approximated: in *boxes*" },
  } as const;

  expect(coverageMarkdown([{ method: "POST", path: "/things/:id", doc }])).toMatch(
    [
      "## Things",
      "",
      "- `POST /things/:id`: make a thing",
      "  - `name`: supported",
      "  - `?deep`: **refused**: deep things (10501)",
      "  - `size`: **approximated**: in \\*boxes\\*",
      "",
    ].join("\n"),
  );
});
