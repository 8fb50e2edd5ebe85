import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { LocalCloudError } from "../errors.ts";
import { FORMATS } from "./formats.ts";
import { openState } from "./state.ts";

function stateFile(): string {
  return join(mkdtempSync(join(tmpdir(), "state-")), "state.sqlite");
}

function backupsOf(file: string, reason: string): readonly string[] {
  const folder = dirname(file);
  const names = readdirSync(folder).filter(
    (name) => name.includes(`.${reason}-`) && name.endsWith(".backup"),
  );
  return names.map((name) => join(folder, name));
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

  test("of an older format is brought to this one's, with a copy of what it was", () => {
    const file = stateFile();
    const older = new DatabaseSync(file);
    older.exec(
      `${FORMATS[0]} PRAGMA user_version = 1; INSERT INTO settings VALUES ('kept', 'from format 1')`,
    );
    older.close();

    const state = openState(file);

    expect(state.setting("kept", () => "lost")).toBe("from format 1");
    expect(Number(state.get("PRAGMA user_version")?.["user_version"])).toBe(FORMATS.length);
    state.close();
    const copy = new DatabaseSync(backupsOf(file, "format-1")[0] ?? "");
    expect(copy.prepare("SELECT value FROM settings").get()?.["value"]).toBe("from format 1");
    copy.close();
  });

  test("that is damaged is refused with what to do, left as it is and copied once", () => {
    const file = stateFile();
    writeFileSync(file, "this is no database, but it is long enough to be looked at".repeat(100));
    const before = readFileSync(file);

    failure(() => openState(file));
    const error = failure(() => openState(file));

    const [copy = "", ...more] = backupsOf(file, "damaged");
    expect(error.code).toBe("STATE_UNREADABLE");
    expect(error.hint).toContain(copy);
    expect(readFileSync(copy)).toEqual(before);
    expect(more).toEqual([]);
    expect(error.hint).toContain("Nothing was changed");
    expect(readFileSync(file)).toEqual(before);
  });

  test("that was damaged in the middle is refused", () => {
    const file = stateFile();
    const state = openState(file);
    for (let index = 0; index < 200; index++) state.setting(`name ${index}`, () => "x".repeat(200));
    state.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 4096 * 2, bytes.length - 4096));

    expect(failure(() => openState(file)).code).toBe("STATE_UNREADABLE");
  });

  test("of a newer format is refused, and copied", () => {
    const file = stateFile();
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();

    const error = failure(() => openState(file));

    expect(error.message).toContain("format 99");
    expect(error.hint).toContain(backupsOf(file, "format-99")[0]);
  });
});
