import { expect, test } from "vitest";
import { ok } from "./reply.ts";
import { matcher, type Route } from "./routes.ts";

const route = (method: Route["method"], path: string): Route => ({
  method,
  path,
  scope: "none",
  handle: () => ok(null),
});
const match = matcher([
  route("GET", "/accounts/:accountId/workers/scripts/:worker"),
  route("PUT", "/r2/buckets/:bucket/objects/*key"),
]);

test("a path gives its parameters, decoded", () => {
  expect(match("GET", "/accounts/a1/workers/scripts/my%20worker")?.params).toEqual({
    accountId: "a1",
    worker: "my worker",
  });
});

test("a rest parameter takes slashes", () => {
  expect(match("PUT", "/r2/buckets/b/objects/x/y%2Fz.txt")?.params).toEqual({
    bucket: "b",
    key: "x/y/z.txt",
  });
});

test.each([
  ["POST", "/accounts/a1/workers/scripts/w"],
  ["GET", "/accounts/a1/workers/scripts/w/more"],
  ["GET", "/accounts//workers/scripts/w"],
])("%s %s has no route", (method, path) => {
  expect(match(method, path)).toBeUndefined();
});
