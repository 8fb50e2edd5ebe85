import { describe, expect, test } from "vitest";
import { OPTIONS } from "../options.ts";
import { COMMANDS } from "./commands.ts";
import { commandPage, overview } from "./present.ts";

const flagsOf = (command: string) =>
  (COMMANDS[command]?.options ?? []).map(
    ({ flag }) => /^--(?<name>[\w-]+)/u.exec(flag)?.groups?.["name"] ?? flag,
  );

describe("help", () => {
  test("has every option that the command line takes, and no other", () => {
    const documented = Object.keys(COMMANDS).flatMap(flagsOf);

    expect(new Set(["help", ...documented])).toEqual(new Set(Object.keys(OPTIONS)));
  });

  test.each(Object.keys(COMMANDS))(
    "of %s gives what it does, its options, an example and the exit codes",
    (name) => {
      const command = COMMANDS[name];
      if (command === undefined) throw new Error(name);

      const text = commandPage(name, command, 80);

      for (const flag of flagsOf(name)) expect(text).toContain(`--${flag}`);
      expect(text).toContain(command.examples[0]?.command);
      expect(text).toContain("Exit codes: 0 done · 1 defect · 2 usage or configuration");
    },
  );

  test.each([40, 60, 80, 140])("fits a terminal of %i columns, except for commands to copy", (columns) => {
    const pages = [
      overview(columns),
      ...Object.entries(COMMANDS).map(([name, help]) => commandPage(name, help, columns)),
    ];
    const lines = pages.join("").split("\n");

    const tooWide = lines.filter((line) => line.length > columns && !/npx|Exit codes/u.test(line));

    expect(tooWide).toEqual([]);
  });

  test("of a value says what holds without it", () => {
    const up = COMMANDS["up"];
    if (up === undefined) throw new Error("no up");

    expect(commandPage("up", up, 100)).toMatch(/--edge-port PORT +Requests to Workers\. Default: 8701\./u);
  });
});
