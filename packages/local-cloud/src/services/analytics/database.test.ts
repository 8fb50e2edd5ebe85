import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openAnalyticsDatabase } from "./database.ts";
import { Measurements } from "./measurements.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "local-cloud-analytics-"));
  folders.push(folder);
  return join(folder, "analytics.sqlite");
}

const EVERYTHING = { rate: 1, random: () => 0 };

test("what was flushed is there after a restart", () => {
  const file = temporaryFile();
  const first = openAnalyticsDatabase(file, () => undefined);
  const measurements = new Measurements(first, EVERYTHING);
  const event = { atMs: 5000, dimensions: { a: "x" }, sums: { n: 2 }, samples: { t: 7 } };
  measurements.add("set", event);
  measurements.add("set", event);
  measurements.flush();
  first.close();

  const second = openAnalyticsDatabase(file, () => undefined);

  expect(new Measurements(second, EVERYTHING).between("set", 0, 10)).toEqual([
    { second: 5, dimensions: { a: "x" }, count: 2, sums: { n: 4 }, samples: { t: [7, 7] } },
  ]);
  second.close();
});

test("what is older than 31 days goes", () => {
  const database = openAnalyticsDatabase(":memory:", () => undefined);
  const measurements = new Measurements(database, EVERYTHING);
  const day = 24 * 60 * 60 * 1000;
  measurements.add("set", { atMs: day, dimensions: {} });
  measurements.add("set", { atMs: 20 * day, dimensions: {} });
  measurements.flush();

  measurements.expire(40 * day);

  expect(measurements.between("set", 0, 40 * day).map(({ second }) => second)).toEqual([(20 * day) / 1000]);
  database.close();
});

test("a file that can't be read is put aside, and said so", () => {
  const file = temporaryFile();
  writeFileSync(file, "not a database, and long enough that SQLite reads a header out of it ".repeat(4));
  const lines: string[] = [];

  openAnalyticsDatabase(file, (line) => lines.push(line)).close();

  expect(readFileSync(`${file}.unreadable`, "utf8")).toContain("not a database");
  expect(lines.join()).toContain("metrics begin anew");
});
