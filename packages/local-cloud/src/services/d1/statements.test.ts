import { expect, test } from "vitest";
import { statementsOf } from "./statements.ts";

test("statements end at semicolons, and the last one at the end", () => {
  expect(statementsOf("SELECT 1; SELECT 2;\n\n SELECT 3")).toEqual(["SELECT 1", "SELECT 2", "SELECT 3"]);
  expect(statementsOf(" ;; \n")).toEqual([]);
});

test("a semicolon in a string, a name or a comment ends nothing", () => {
  const sql = `INSERT INTO "a;b" VALUES ('it''s; so', [c;d], \`e;f\`) -- g;h
  /* i;j */; SELECT ';'`;

  expect(statementsOf(sql)).toHaveLength(2);
  expect(statementsOf("-- only; a comment")).toEqual([]);
});

test("a trigger's body is one statement with what it is in", () => {
  const trigger = `CREATE TRIGGER t AFTER INSERT ON a BEGIN
    UPDATE a SET n = CASE WHEN n > 1 THEN 2 ELSE 1 END;
    DELETE FROM b;
  END`;

  expect(statementsOf(`${trigger}; SELECT 1`)).toEqual([trigger, "SELECT 1"]);
});

test("CASE outside of a trigger changes nothing", () => {
  expect(statementsOf("SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2")).toHaveLength(2);
});
