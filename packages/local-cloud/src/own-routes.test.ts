import { expect, test } from "vitest";
import { observe } from "./own-routes.ts";

test("a line is noted once however often it comes, and a thousand of them at most", () => {
  const lines: string[] = [];
  for (let index = 0; index < 3000; index += 1) observe(lines, `GET /${index % 2000}`);
  observe(lines, "GET /0");

  expect(lines).toHaveLength(1000);
  expect(new Set(lines).size).toBe(1000);
});
