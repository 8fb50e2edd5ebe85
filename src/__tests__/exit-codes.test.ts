import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(`${PROJECT}/${file}`, "utf8");

/** Each code with what it means, as a list in one sentence has them. */
function listed(text: string): ReadonlyMap<string, string> {
  const sentence = /0 done[\s\S]*?128 \+ signal/u.exec(text)?.[0].replaceAll(/\s+/gu, " ") ?? "";
  return new Map(
    sentence.split(" · ").map((each) => {
      const [, code = "", meaning = ""] = /^(\d \b|128 \+ signal)(.*)$/u.exec(each) ?? [];
      return [code.trim(), meaning];
    }),
  );
}

test("the help and CONTRIBUTING.md say the same of exit codes, and the runbook has a row for each", () => {
  const { stdout: help } = spawnSync(
    process.execPath,
    [`${PROJECT}/packages/delivery/bin/delivery.js`, "--help"],
    { encoding: "utf8" },
  );
  const codes = [...listed(help).keys()];

  expect(codes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "128 + signal"]);
  expect(listed(read("CONTRIBUTING.md"))).toEqual(listed(help));
  const [, table = ""] = read("docs/runbook.md").split("## Exit codes\n");
  const rows = [...(table.split("\n## ")[0] ?? "").matchAll(/^\| (\d[^|]*?) +\|/gmu)].map(([, code]) => code);
  expect(rows).toEqual(codes);
});
