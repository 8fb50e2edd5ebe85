import { expect, test } from "vitest";
import { type RequestContext, withRequestContext } from "./request-context.ts";
import { refuseForeignWrite } from "./same-origin.ts";

function refuse(method: string, headers: Readonly<Record<string, string>>): Response | null {
  const request = new Request("https://fm5.example.com/api/trpc/x", { method, headers });
  return withRequestContext({ requestId: "request-1" } as RequestContext, () => refuseForeignWrite(request));
}

test.each([
  ["GET", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["POST", {}],
  ["POST", { origin: "https://fm5.example.com" }],
  ["POST", { origin: "https://fm5.example.com", "sec-fetch-site": "same-origin" }],
  ["DELETE", { "sec-fetch-site": "none" }],
])("%s with %o goes on", (method, headers) => {
  expect(refuse(method, headers)).toBeNull();
});

test.each([
  ["POST", { origin: "https://evil.example" }],
  ["POST", { origin: "null" }],
  ["POST", { origin: "http://fm5.example.com" }],
  ["POST", { origin: "https://fm5.example.com:8443" }],
  ["PUT", { "sec-fetch-site": "cross-site" }],
  ["POST", { origin: "https://staging.fm5.example.com", "sec-fetch-site": "same-site" }],
  ["DELETE", { origin: "https://fm5.example.com", "sec-fetch-site": "cross-site" }],
])("%s with %o is refused", async (method, headers) => {
  const refusal = refuse(method, headers);

  expect(refusal?.status).toBe(403);
  expect(await refusal?.json()).toMatchObject({ error: { code: "foreign_origin", requestId: "request-1" } });
});
