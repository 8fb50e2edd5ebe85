import { expect, test } from "vitest";
import { completeEnv, EnvError, readEnv, SETTINGS } from "./env.ts";

const COMPLETE = {
  NODE_ENV: "staging",
  APP_ENV: "staging",
  JWT_SECRET: "j".repeat(32),
  BETTER_AUTH_SECRET: "b".repeat(32),
  XATA_DATABASE_URL: "postgresql://app:pw@branch.eu.xata.tech/fm5-staging?sslmode=require",
  RESEND_API_KEY: "re_12345678",
  EMAIL_FROM: "FM5 <fm5@fm5.example.com>",
  FILE_STORAGE: { head: () => null, put: () => null },
  CF_VERSION_METADATA: { id: "v1", tag: "", timestamp: "2026-11-22T20:00:00Z" },
};

test("a complete environment is read as it is, without names nobody asked for", () => {
  const env = completeEnv(readEnv({ ...COMPLETE, SOMETHING_ELSE: "x" }));

  expect(env.APP_ENV).toBe("staging");
  expect(env).not.toHaveProperty("SOMETHING_ELSE");
});

test.each(SETTINGS.filter(({ required }) => required))("without $name it says so by name", ({ name }) => {
  const reading = readEnv({ ...COMPLETE, [name]: undefined });

  expect(() => completeEnv(reading)).toThrow(new EnvError([{ name, problem: "is missing" }]));
  expect(reading.usable[name]).toBeUndefined();
  expect(Object.keys(reading.usable)).toHaveLength(Object.keys(COMPLETE).length - 1);
});

test("an empty value is a missing one", () => {
  const reading = readEnv({ ...COMPLETE, JWT_SECRET: "" });

  expect(reading.problems).toEqual([{ name: "JWT_SECRET", problem: "is missing" }]);
});

test("optional settings may be left out, but not be empty of sense", () => {
  expect(readEnv(COMPLETE).problems).toEqual([]);
  expect(readEnv({ ...COMPLETE, R2_ACCESS_KEY_ID: 7 }).problems.map(({ name }) => name)).toEqual([
    "R2_ACCESS_KEY_ID",
  ]);
});

test.each([
  ["JWT_SECRET", "short", "must have at least 32 characters"],
  ["XATA_DATABASE_URL", "https://branch.eu.xata.tech", "must be a DSN of the form"],
  ["XATA_DATABASE_URL", "postgresql://branch.eu.xata.tech/db", "must be a DSN of the form"],
  ["EMAIL_FROM", "FM5", "must have the form"],
  ["EMAIL_FROM", "FM5 <a@b.example> <c@d.example>", "must have the form"],
  ["FILE_STORAGE", "a-name", "must be an R2 bucket binding"],
  ["CF_VERSION_METADATA", "v1", "must be a version metadata binding"],
])("an unusable %s (%s) is refused, and the value is not repeated", (name, value, problem) => {
  const reading = readEnv({ ...COMPLETE, [name]: value });

  expect(reading.problems).toHaveLength(1);
  expect(reading.problems[0]?.problem).toContain(problem);
  expect(JSON.stringify(reading.problems)).not.toContain(value);
});

test("all problems are told at once", () => {
  const reading = readEnv({});

  expect(reading.problems.map(({ name }) => name).sort()).toEqual(
    SETTINGS.filter(({ required }) => required)
      .map(({ name }) => name)
      .sort(),
  );
});
