import { expect, test } from "vitest";
import { type RequestContext, requestContext, withRequestContext } from "../lib/request-context.ts";
import { rememberPages } from "./page-memory.ts";

/** A site that counts how often it renders. */
function site(answer: () => Response = page) {
  const rendered: string[] = [];
  const handler = rememberPages((request) => {
    rendered.push(new URL(request.url).pathname);
    return answer();
  });
  const ask = (path: string, options: { nonce?: string; cookie?: string; method?: string } = {}) => {
    const { nonce = "n-1", cookie = "", method = "GET" } = options;
    const request = new Request(`https://fm5.example.com${path}`, { method, headers: { cookie } });
    return withRequestContext({ nonce } as RequestContext, async () => (await handler(request)).text());
  };
  return { rendered, ask };
}

function page(): Response {
  const { nonce } = requestContext();
  return new Response(`<script nonce="${nonce}">1</script><script nonce="${nonce}">2</script>`, {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

test("the home page is rendered once, and has each request's own nonce", async () => {
  const { rendered, ask } = site();

  const first = await ask("/", { nonce: "first" });
  const second = await ask("/", { nonce: "second" });

  expect(rendered).toEqual(["/"]);
  expect(first).toBe('<script nonce="first">1</script><script nonce="first">2</script>');
  expect(second).toBe('<script nonce="second">1</script><script nonce="second">2</script>');
});

test("each look is a page of its own", async () => {
  const { rendered, ask } = site();

  for (const cookie of ["", "fm5-theme=dark", "fm5.session_token=x", "other=1", "fm5.session_token=y"])
    await ask("/", { cookie });

  expect(rendered).toHaveLength(3);
});

test.each([
  ["/dashboard", {}],
  ["/?a=1", {}],
  ["/", { method: "HEAD" }],
])("%s %j is never told from memory", async (path, options) => {
  const { rendered, ask } = site();

  await ask(path, options);
  await ask(path, options);

  expect(rendered).toHaveLength(2);
});

test.each([
  ["fails", () => new Response("<p>", { status: 500, headers: { "content-type": "text/html" } })],
  [
    "sets a cookie",
    () => new Response("<p>", { headers: { "content-type": "text/html", "set-cookie": "a=1" } }),
  ],
  ["is none", () => Response.json({})],
])("a page that %s is not kept", async (_what, answer) => {
  const { rendered, ask } = site(answer);

  await ask("/");
  await ask("/");

  expect(rendered).toHaveLength(2);
});
