import { expect, test } from "vitest";
import { completeCredentials } from "./credentials.ts";
import { provisionStatements } from "./databases.ts";

test("a database that is new gets a password, and those that are known keep theirs", () => {
  const known = { schema: 1, superuserPassword: "root", passwords: { staging: "kept" } } as const;

  const complete = completeCredentials(known, ["staging", "production"], () => "new");

  expect(complete).toEqual({ ...known, passwords: { staging: "kept", production: "new" } });
  expect(completeCredentials(complete, ["production"], () => "newer")).toBe(complete);
});

test("a database and its role are made once, and formed at each start", () => {
  const both = { roles: new Set(["my-db"]), databases: new Set(["my-db"]) };

  const made = provisionStatements("my-db", "it's", { roles: new Set(), databases: new Set() });
  const formed = provisionStatements("my-db", "it's", both);

  expect(made).toEqual([
    'CREATE ROLE "my-db"',
    `ALTER ROLE "my-db" WITH LOGIN CREATEDB PASSWORD 'it''s'`,
    `ALTER ROLE "my-db" SET timezone = 'UTC'`,
    `ALTER ROLE "my-db" SET statement_timeout = '30s'`,
    'CREATE DATABASE "my-db" OWNER "my-db"',
    'REVOKE ALL ON DATABASE "my-db" FROM PUBLIC',
  ]);
  expect(formed).toEqual(made.filter((statement) => !statement.startsWith("CREATE")));
});
