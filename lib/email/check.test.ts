import { expect, test } from "vitest";
import { checkEmail } from "./check.ts";

interface Asked {
  readonly url: string;
  readonly authorization: string | null;
}

/** A Resend that gives one answer and remembers who asked. */
function resend(answer: (signal: AbortSignal | null) => Promise<Response>) {
  const asked: Asked[] = [];
  let now = 0;
  return {
    asked,
    wait: (ms: number) => (now += ms),
    ports: {
      limitMs: 1,
      now: () => now,
      fetch: (url: string, init: RequestInit) => {
        asked.push({ url, authorization: new Headers(init.headers).get("authorization") });
        return answer(init.signal ?? null);
      },
    },
  };
}

const replies = (status: number, body: unknown) => () => Promise.resolve(Response.json(body, { status }));

test("a key that Resend lets in is well", async () => {
  const { asked, ports } = resend(replies(200, { data: [] }));

  expect(await checkEmail("re_full_access", ports)).toBe("ok");
  expect(asked).toEqual([{ url: "https://api.resend.com/domains", authorization: "Bearer re_full_access" }]);
});

test("a key that may only send is well: its refusal shows that Resend knows it", async () => {
  const { ports } = resend(replies(401, { statusCode: 401, name: "restricted_api_key", message: "…" }));

  expect(await checkEmail("re_only_sends", ports)).toBe("ok");
});

test.each([
  ["a key that Resend doesn't know", replies(403, { name: "invalid_api_key" })],
  ["a Resend that fails", replies(500, { name: "application_error" })],
  ["an answer that is no JSON", () => Promise.resolve(new Response("<html>", { status: 502 }))],
  ["a Resend that can't be reached", () => Promise.reject(new TypeError("fetch failed"))],
])("%s means down", async (name, answer) => {
  const { ports } = resend(answer);

  expect(await checkEmail(`re_${name.replaceAll(/\W/gu, "_")}`, ports)).toBe("down");
});

test("a Resend that takes longer than the limit is slow", async () => {
  const { ports } = resend(
    (signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("late")))),
  );

  expect(await checkEmail("re_takes_long", ports)).toBe("slow");
});

test("a key of another form is down without asking", async () => {
  const { asked, ports } = resend(replies(200, {}));

  expect(await checkEmail("sk_live_123456789", ports)).toBe("down");
  expect(asked).toEqual([]);
});

test("good news lasts a minute, bad news five seconds", async () => {
  const good = resend(replies(200, {}));
  await checkEmail("re_good_news_1", good.ports);
  good.wait(59_999);
  await checkEmail("re_good_news_1", good.ports);
  expect(good.asked).toHaveLength(1);
  good.wait(1);
  await checkEmail("re_good_news_1", good.ports);
  expect(good.asked).toHaveLength(2);

  const bad = resend(replies(500, {}));
  await checkEmail("re_bad_news_1", bad.ports);
  bad.wait(5000);
  await checkEmail("re_bad_news_1", bad.ports);
  expect(bad.asked).toHaveLength(2);
});
