import { expect, test } from "vitest";
import { refusePageMethod } from "./methods.ts";

test.each([
  ["GET", "/"],
  ["HEAD", "/health"],
  ["POST", "/api/files"],
  ["DELETE", "/api/auth/x"],
  ["POST", "/_serverFn/abc"],
])("%s %s goes on", (method, path) => {
  expect(refusePageMethod(new Request(`https://fm5.example.com${path}`, { method }))).toBeNull();
});

test.each([
  ["POST", "/"],
  ["PUT", "/health"],
  ["DELETE", "/apiary"],
])("%s %s is refused", (method, path) => {
  const answer = refusePageMethod(new Request(`https://fm5.example.com${path}`, { method }));

  expect(answer?.status).toBe(405);
  expect(answer?.headers.get("allow")).toBe("GET, HEAD");
});
