import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import type { ScenarioOutcome } from "../testing/cli-scenario.ts";

const SCENARIO = fileURLToPath(new URL("../testing/cli-scenario.ts", import.meta.url));
/** A network of its own in which there is nothing but this machine. */
const WITHOUT_NETWORK = ["-rn", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'];

const isolated = spawnSync("unshare", [...WITHOUT_NETWORK, "true"]).status === 0;
let outcome: ScenarioOutcome;

beforeAll(async () => {
  const [program = "", ...args] = isolated
    ? ["unshare", ...WITHOUT_NETWORK, process.execPath, SCENARIO]
    : [process.execPath, SCENARIO];
  const { stdout } = await promisify(execFile)(program, args);
  outcome = JSON.parse(stdout);
}, 120_000);

function outputOf(command: string): string {
  return outcome.commands[command]?.output ?? "";
}

test("every command was run without a network", ({ skip }) => {
  if (!isolated) skip("not verified: namespaces are forbidden here");
  expect(isolated).toBe(true);
});

test.each([
  "validate",
  "generate",
  "migrate dev --name first (developer)",
  "migrate dev --name second (developer)",
  "migrate status (developer)",
  "migrate diff --from-empty --to-config-datasource --script (developer)",
  "migrate resolve --rolled-back 20990101000000_third (deployed)",
  "migrate deploy (deployed)",
  "db execute --stdin (deployed)",
  "db pull --print (developer)",
  "db push --accept-data-loss (deployed)",
])("prisma %s succeeds", (command) => {
  expect(outcome.commands[command]).toMatchObject({ code: 0 });
});

test("what the commands are for, they print", () => {
  expect(outputOf("migrate diff --from-empty --to-config-datasource --script (developer)")).toContain(
    'CREATE TABLE "public"."Spool"',
  );
  expect(outputOf("migrate status (developer)")).toContain("Database schema is up to date!");
  expect(outputOf("migrate deploy (deployed)")).toContain("20990101000000_third");
  expect(outputOf("db pull --print (developer)")).toContain("grams Int?");
});

test("migrate dev writes a migration for each change", () => {
  expect(outcome.migrations).toEqual(["first", "second", "third"]);
});

test("a migration that fails half way says why, and leaves nothing behind", () => {
  const { code, output } = outcome.commands["migrate deploy (deployed), broken"] ?? { code: 0, output: "" };

  expect(code).toBe(1);
  expect(output).toContain("P3018");
  expect(output).toContain("Migration name: 20990101000000_third");
  expect(output).toContain("Database error code: 22012");
  expect(outcome.leftovers).toEqual([{ table: null, function: null }]);
});

test("function bodies with semicolons, and several statements in one script, arrive in one piece", () => {
  expect(outcome.functionResult).toEqual([{ answer: 42, color: "red; blue" }]);
});

test("db push changes the schema without a migration", () => {
  expect(outcome.columns).toEqual([{ column_name: "id" }, { column_name: "color" }]);
});

test("no shadow database stays behind", () => {
  expect(outcome.databases).toEqual([
    { datname: "deployed" },
    { datname: "developer" },
    { datname: "postgres" },
  ]);
});
