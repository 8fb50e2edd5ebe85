import { expect, test } from "vitest";
import { lock, unlock } from "./locked-text.ts";

test("locked text opens with its secret and holds nothing readable", async () => {
  const locked = await lock("secret one", '{"d":"private"}');

  expect(await unlock("secret one", locked)).toBe('{"d":"private"}');
  expect(Buffer.from(locked, "base64").toString("latin1")).not.toContain("private");
});

test("the same text is locked differently each time", async () => {
  expect(await lock("secret", "key")).not.toBe(await lock("secret", "key"));
});

test("another secret opens nothing, nor does an altered or truncated key", async () => {
  const locked = await lock("secret one", "key");
  const altered = Buffer.from(locked, "base64");
  altered[14] = (altered[14] ?? 0) ^ 1;

  expect(await unlock("secret two", locked)).toBeNull();
  expect(await unlock("secret one", altered.toString("base64"))).toBeNull();
  expect(await unlock("secret one", locked.slice(0, 8))).toBeNull();
  expect(await unlock("secret one", "")).toBeNull();
});
