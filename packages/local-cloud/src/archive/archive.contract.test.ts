import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { reset } from "../commands/archive.ts";
import { emptyAccount, missing, prepare, WRITERS, type Account } from "../drills/crash-writes.ts";
import { startCloudProcess, temporaryFolder } from "../testing/cloud-process.ts";
import { exportTo, importFrom } from "./archive.ts";
import { longTest } from "../testing/long-test.ts";

const folder = temporaryFolder();
const dataDir = join(folder, "data");
const file = join(folder, "export.tar.gz");
let account: Account;
let whileItRan: unknown;

beforeAll(async () => {
  mkdirSync(dataDir);
  account = emptyAccount();
  const cloud = await startCloudProcess({ dataDir, args: ["--database", "app"] });
  await prepare(cloud.ready, account);
  for (const write of Object.values(WRITERS)) await write(cloud.ready, account);
  whileItRan = await exportTo(file, dataDir).catch((error: unknown) => error);
  await cloud.end("SIGKILL");
  await exportTo(file, dataDir);
}, 120_000);

describe("an export", () => {
  test("is refused while a local cloud runs on the folder", () => {
    expect(whileItRan).toMatchObject({ code: "DATA_FOLDER_IN_USE" });
  });

  longTest(
    "of a killed local cloud, imported elsewhere, has all of its data: versions, secrets, objects, deployments, rows",
    async () => {
      const copy = join(folder, "copy");
      await importFrom(file, copy);

      const cloud = await startCloudProcess({ dataDir: copy, args: ["--database", "app"] });
      const lost = await missing(cloud.ready, account);
      await cloud.end("SIGTERM");

      expect(lost).toEqual([]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
    120_000,
  );

  test("is not overwritten", async () => {
    await expect(exportTo(file, dataDir)).rejects.toMatchObject({
      code: "USAGE",
      message: `${file} exists.`,
    });
  });
});

describe("an import", () => {
  test("into a folder that has something is refused", async () => {
    await expect(importFrom(file, dataDir)).rejects.toThrow("isn't empty");
  });

  test.each([
    ["is missing", () => rmSync(join(folder, "bad.tar.gz"), { force: true }), "There is no file"],
    ["is cut off", cutOff, "is damaged or cut off"],
    ["is something else", () => writeFileSync(join(folder, "bad.tar.gz"), "hello"), "is no export"],
    ["holds a link", withLink, "neither a file nor a folder"],
  ])("of a file that %s is refused, and leaves nothing", async (_, make, message) => {
    make();
    const before = readdirSync(folder);

    await expect(importFrom(join(folder, "bad.tar.gz"), join(folder, "new"))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("a reset", () => {
  test("empties the folder, one with a damaged state too, and no other folder", async () => {
    const damaged = temporaryFolder();
    writeFileSync(join(damaged, "state.sqlite"), "damaged ".repeat(1000));
    const other = temporaryFolder();
    writeFileSync(join(other, "letter.txt"), "mine");

    await reset({ dataDir: damaged });
    await expect(reset({ dataDir: other })).rejects.toThrow("no data folder");

    expect(readdirSync(damaged)).toEqual([]);
    expect(readdirSync(other)).toEqual(["letter.txt"]);
  });
});

function cutOff(): void {
  writeFileSync(join(folder, "bad.tar.gz"), readFileSync(file));
  truncateSync(join(folder, "bad.tar.gz"), Math.floor(statSync(file).size / 2));
}

function withLink(): void {
  const made = temporaryFolder();
  const manifest = { schema: 1, exportedAt: new Date().toISOString(), stateFormat: 1 };
  writeFileSync(join(made, "local-cloud-export.json"), JSON.stringify(manifest));
  symlinkSync("/etc", join(made, "blobs"));
  execFileSync("tar", ["-czf", join(folder, "bad.tar.gz"), "-C", made, "local-cloud-export.json", "blobs"]);
}
