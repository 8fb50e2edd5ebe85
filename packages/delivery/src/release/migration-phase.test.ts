import { expect, test } from "vitest";
import { migrationPhase } from "./migration-phase.ts";

test.each([
  ['CREATE TABLE "users" ("id" TEXT);', "expand"],
  ['ALTER TABLE "users" ADD COLUMN "name" TEXT;', "expand"],
  ["-- DROP TABLE users;\nCREATE INDEX i ON users (id);", "expand"],
  ['ALTER TABLE "users" DROP COLUMN "name";', "contract"],
  ["ALTER TABLE users ALTER COLUMN age TYPE bigint;", "contract"],
  ["alter table users rename column a to b;", "contract"],
  ["-- phase: contract\nSELECT 1;", "contract"],
  ["-- phase: expand\nDROP TABLE never_used;", "expand"],
])("%s is %s", (sql, phase) => {
  expect(migrationPhase(sql)).toBe(phase);
});
