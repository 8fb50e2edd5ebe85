import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { LocalCloudError } from "../errors.ts";
import { openState } from "./state.ts";

function stateFile(): string {
  return join(mkdtempSync(join(tmpdir(), "state-")), "state.sqlite");
}

function failure(work: () => unknown): LocalCloudError {
  try {
    work();
  } catch (error) {
    if (error instanceof LocalCloudError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("the state file", () => {
  test("keeps what was written when it is opened again", () => {
    const file = stateFile();
    const first = openState(file);
    expect(first.setting("name", () => "initial")).toBe("initial");
    first.close();

    const second = openState(file);

    expect(second.setting("name", () => "other")).toBe("initial");
    second.close();
  });

  test("takes back a transaction that fails half-way", () => {
    const state = openState(stateFile());

    expect(() =>
      state.transaction(() => {
        state.run("INSERT INTO settings (name, value) VALUES ('a', '1')");
        throw new Error("half-way");
      }),
    ).toThrow("half-way");
    expect(state.get("SELECT 1 FROM settings WHERE name = 'a'")).toBeUndefined();
    state.close();
  });

  test("is refused while another process has it open", () => {
    const file = stateFile();
    const state = openState(file);
    state.run("INSERT INTO settings (name, value) VALUES ('a', '1')");
    const other = `import { openState } from ${JSON.stringify(new URL("./state.ts", import.meta.url).href)};
      try { openState(${JSON.stringify(file)}); console.log("opened"); } catch (error) { console.log(error.code); }`;

    const outcome = execFileSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", other],
      { encoding: "utf8" },
    );

    expect(outcome.trim()).toBe("DATA_FOLDER_IN_USE");
    state.close();
  });

  test("that is damaged is refused with what to do, and left as it is", () => {
    const file = stateFile();
    writeFileSync(file, "this is no database, but it is long enough to be looked at".repeat(100));
    const before = readFileSync(file);

    const error = failure(() => openState(file));

    expect(error.code).toBe("STATE_UNREADABLE");
    expect(error.hint).toContain("Nothing was changed");
    expect(readFileSync(file)).toEqual(before);
  });

  test("of a newer format is refused", () => {
    const file = stateFile();
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();

    expect(failure(() => openState(file)).message).toContain("format 99");
  });
});
