import { expect, test } from "vitest";
import { type AnswerScene, failedAnswer, finishAnswer, wantsPage } from "./answers.ts";

function scene(options: { url?: string; environment?: string; accept?: string } = {}): AnswerScene {
  const { url = "https://fm5.example.com/", environment = "production", accept = "*/*" } = options;
  return {
    request: new Request(url, { headers: { accept } }),
    requestId: "request-<1>",
    nonce: "nonce-1",
    answerHeaders: new Headers(),
    deployment: { release: "r-1", version: "v-1", environment },
  };
}

test("every answer tells release, version and request, and keeps what it had", async () => {
  const answer = finishAnswer(new Response("body", { status: 418, headers: { "x-own": "1" } }), scene());

  expect(answer.status).toBe(418);
  expect(await answer.text()).toBe("body");
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "x-own": "1",
    "x-worker-version": "v-1",
    "x-release": "r-1",
    "x-request-id": "request-<1>",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});

test("a redirect, whose headers can't be changed, is finished too", () => {
  const answer = finishAnswer(Response.redirect("https://fm5.example.com/sign-in"), scene());

  expect(answer.status).toBe(302);
  expect(answer.headers.get("x-release")).toBe("r-1");
  expect(answer.headers.get("location")).toBe("https://fm5.example.com/sign-in");
});

test("cookies that the answer or its request's context sets stay apart", () => {
  const before = new Response(null);
  before.headers.append("set-cookie", "a=1");
  before.headers.append("set-cookie", "b=2");
  const answerHeaders = new Headers([
    ["set-cookie", "c=3"],
    ["set-cookie", "d=4"],
  ]);

  const cookies = finishAnswer(before, { ...scene(), answerHeaders }).headers.getSetCookie();

  expect(cookies).toEqual(["a=1", "b=2", "c=3", "d=4"]);
});

test.each([
  ["text/html; charset=utf-8", undefined, "private, no-cache"],
  ["application/json", undefined, "no-store"],
  ["text/html", "no-store", "no-store"],
  ["model/3mf", "private, no-cache", "private, no-cache"],
])("%s that says %s about caching leaves with %s", (contentType, own, expected) => {
  const answer = new Response(null, {
    headers: { "content-type": contentType, ...(own === undefined ? {} : { "cache-control": own }) },
  });

  expect(finishAnswer(answer, scene()).headers.get("cache-control")).toBe(expected);
});

test("a page runs the scripts that carry the request's nonce, and no others", () => {
  const page = new Response(null, { headers: { "content-type": "text/html; charset=utf-8" } });

  const policy = finishAnswer(page, scene()).headers.get("content-security-policy") ?? "";

  expect(policy).toContain("script-src 'nonce-nonce-1' 'strict-dynamic';");
  expect(policy).toContain("style-src 'self' 'nonce-nonce-1';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/u);
});

test("what is no page can do nothing in a browser, and may say so in its own words", () => {
  const own = new Response(null, { headers: { "content-security-policy": "sandbox" } });

  expect(finishAnswer(new Response("{}"), scene()).headers.get("content-security-policy")).toContain(
    "default-src 'none'",
  );
  expect(finishAnswer(own, scene()).headers.get("content-security-policy")).toBe("sandbox");
});

test("a page whose address holds a secret may send no referrer at all", () => {
  const page = new Response(null, { headers: { "referrer-policy": "no-referrer" } });

  expect(finishAnswer(page, scene()).headers.get("referrer-policy")).toBe("no-referrer");
});

test("only production may be found by search engines", () => {
  expect(finishAnswer(new Response(null), scene()).headers.has("x-robots-tag")).toBe(false);
  const staging = finishAnswer(new Response(null), scene({ environment: "staging" }));
  expect(staging.headers.get("x-robots-tag")).toBe("noindex");
});

test("browsers are told to stay with https where https was used", () => {
  const plain = scene({ url: "http://fm5-staging.localhost/" });

  expect(finishAnswer(new Response(null), scene()).headers.get("strict-transport-security")).toContain(
    "max-age=",
  );
  expect(finishAnswer(new Response(null), plain).headers.has("strict-transport-security")).toBe(false);
});

test("a browser gets a page that fails with the request's number, without markup of its own", async () => {
  const answer = failedAnswer(scene({ accept: "text/html,*/*;q=0.8" }));
  const page = await answer.text();

  expect(answer.status).toBe(500);
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(page).toContain("request-&#60;1&#62;");
  expect(page).not.toContain("request-<1>");
  expect(page).toContain('<style nonce="nonce-1">');
});

test("a machine gets JSON that fails, with nothing but the request's number", async () => {
  const answer = failedAnswer(scene());

  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    error: { code: "internal", message: "Something failed here.", requestId: "request-<1>" },
  });
});

test.each([
  ["text/html,application/xhtml+xml,*/*;q=0.8", true],
  ["*/*", false],
  ["application/json", false],
])("accept: %s wants a page: %s", (accept, wanted) => {
  expect(wantsPage(scene({ accept }).request)).toBe(wanted);
});
