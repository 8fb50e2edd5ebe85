import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { findSharedSecret, fingerprintsOf, secretsForWorker } from "./contract.ts";
import { Secret } from "./secret.ts";

const form = { pattern: "\\S{4,}", description: "at least 4 characters without spaces" };
const contract = {
  KEY: { form, readers: ["worker" as const], shared: false, required: true },
  EXTRA: { form, readers: ["worker" as const], shared: false, required: false },
  ONLY_CI: { form, readers: ["ci" as const], shared: false, required: true },
};
const values = (entries: Readonly<Record<string, string>>) =>
  new Map(Object.entries(entries).map(([name, value]) => [name, new Secret(name, value)]));

describe("a Worker's secrets", () => {
  test("are those that the contract gives it and that are set", () => {
    const check = secretsForWorker(contract, values({ KEY: "abcd", ONLY_CI: "efgh" }));

    expect(check.kind === "ready" && check.secrets.map(({ name }) => name)).toEqual(["KEY"]);
  });

  test("that are missing are refused by name", () => {
    expect(secretsForWorker(contract, values({}))).toMatchObject({
      code: "SECRET_MISSING",
      message: "The secret KEY is not set.",
    });
  });

  test("that are empty are refused, never uploaded as empty", () => {
    expect(secretsForWorker(contract, values({ KEY: "" }))).toMatchObject({
      message: "The secret KEY is empty.",
    });
  });

  test("that haven't the right form are refused without showing their value", () => {
    const check = secretsForWorker(contract, values({ KEY: "a b" }));

    expect(check).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(check)).not.toContain("a b");
  });

  test.each(["abc=\n", "ab==", "$(id)", "`id`", "ü€𝄞=", "a'b\"c\\d"])("keep every byte: %j", (value) => {
    const check = secretsForWorker(
      { KEY: { ...contract.KEY, form: { pattern: "[\\s\\S]+", description: "any" } } },
      values({ KEY: value }),
    );

    expect(check.kind === "ready" && check.secrets[0]?.reveal()).toBe(value);
  });
});

describe("a secret", () => {
  const secret = new Secret("KEY", "the value");

  test("prints as its name, however it is printed", () => {
    expect([String(secret), JSON.stringify({ secret }), inspect({ secret })].join(" ")).not.toContain(
      "the value",
    );
  });

  test("shared with another environment is found by its fingerprint", () => {
    const key = new Secret("DELIVERY_FINGERPRINT_KEY", "k");
    const own = fingerprintsOf([secret], key);
    const others = new Map([["staging", fingerprintsOf([new Secret("KEY", "the value")], key)]]);

    expect(findSharedSecret(contract, own, others)).toMatchObject({
      code: "SECRET_SHARED",
      message: "The secret KEY has the value that staging uses.",
    });
  });

  test("may be shared where the contract says so", () => {
    const key = new Secret("DELIVERY_FINGERPRINT_KEY", "k");
    const own = fingerprintsOf([secret], key);

    expect(
      findSharedSecret({ KEY: { ...contract.KEY, shared: true } }, own, new Map([["staging", own]])),
    ).toBeUndefined();
  });

  test("has another fingerprint under another key or name", () => {
    const prints = [
      secret.fingerprint(new Secret("K", "1")),
      secret.fingerprint(new Secret("K", "2")),
      new Secret("OTHER", "the value").fingerprint(new Secret("K", "1")),
    ];

    expect(new Set(prints).size).toBe(3);
  });
});
