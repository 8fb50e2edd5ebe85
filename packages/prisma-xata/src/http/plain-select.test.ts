import { expect, test } from "vitest";
import { isPlainSelect } from "./plain-select.ts";

test.each([
  "SELECT 1",
  "  select 1",
  'SELECT "public"."users"."id" FROM "public"."users" WHERE ("public"."users"."email" = $1 AND 1=1) LIMIT $2 OFFSET $3',
  `SELECT COUNT(*) AS "_count._all", MAX("g") FROM (SELECT "a"."g" FROM "a" WHERE "a"."x" IN ($1,$2) OFFSET $3) AS "sub"`,
  'SELECT "t"."id", COALESCE("j"."__prisma_data__", $1) FROM "t" LEFT JOIN LATERAL (SELECT JSONB_AGG("d") FROM "p") AS "j" ON TRUE',
  "SELECT 'delete; insert into x' AS text",
  "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known",
])("%s may be repeated", (sql) => {
  expect(isPlainSelect(sql)).toBe(true);
});

test.each([
  "INSERT INTO a VALUES (1)",
  "UPDATE a SET b = 1 RETURNING b",
  "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x",
  "SELECT * INTO b FROM a",
  "SELECT * FROM a FOR UPDATE",
  "SELECT nextval('s')",
  "SELECT pg_advisory_lock(1)",
  "SELECT my_function(1)",
  'SELECT "my function"(1)',
  'SELECT "s"."f" ()',
  "SELECT 1; DELETE FROM a",
  "SELECT 1 -- harmless?",
  "SELECT /* x */ 1",
  "SELECT $$x$$",
  "",
])("%s is not repeated", (sql) => {
  expect(isPlainSelect(sql)).toBe(false);
});
