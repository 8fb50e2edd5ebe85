import { expect, test } from "vitest";
import { deliver, type DeliveryOutcome } from "./deliver.ts";

const MAIL = { from: "fm5@fm5.example.com", to: ["a@b.example"], subject: "s", html: "<p>", text: "t" };

type Answer = Response | "cut";

const accepted = () => Response.json({ id: "mail-1" });
const refused = (status: number, name: string, headers: Readonly<Record<string, string>> = {}) =>
  Response.json({ statusCode: status, name, message: "a@b.example is …" }, { status, headers });

/** Delivers to a Resend that gives these answers in turn; a second passes with each. */
async function deliverTo(answers: readonly Answer[]) {
  const keys: (string | null)[] = [];
  const pauses: number[] = [];
  let now = 0;
  const outcome: DeliveryOutcome = await deliver(MAIL, {
    apiKey: "re_x",
    idempotencyKey: "key-1",
    now: () => now,
    sleep: (ms) => {
      pauses.push(ms);
      now += ms;
      return Promise.resolve();
    },
    fetch: (_url, init) => {
      now += 1000;
      const answer = answers[keys.length];
      keys.push(new Headers(init.headers).get("idempotency-key"));
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(new Error("cut"));
    },
  });
  return { outcome, keys, pauses };
}

test("a mail that Resend takes is sent once", async () => {
  const { outcome, keys, pauses } = await deliverTo([accepted()]);

  expect(outcome).toEqual({ state: "sent", attempts: 1, providerId: "mail-1" });
  expect(keys).toEqual(["key-1"]);
  expect(pauses).toEqual([]);
});

test("errors of Resend's and cut connections are tried again under the same key, ever later", async () => {
  const { outcome, keys, pauses } = await deliverTo([
    refused(500, "internal_server_error"),
    "cut",
    accepted(),
  ]);

  expect(outcome).toMatchObject({ state: "sent", attempts: 3 });
  expect(keys).toEqual(["key-1", "key-1", "key-1"]);
  expect(pauses).toEqual([500, 2000]);
});

test("who is asked to wait waits as long", async () => {
  const { outcome, pauses } = await deliverTo([
    refused(429, "rate_limit_exceeded", { "retry-after": "7" }),
    accepted(),
  ]);

  expect(outcome.state).toBe("sent");
  expect(pauses).toEqual([7000]);
});

test("a wait that is too long for a request ends it", async () => {
  const { outcome, pauses } = await deliverTo([
    refused(429, "rate_limit_exceeded", { "retry-after": "60" }),
    accepted(),
  ]);

  expect(outcome).toEqual({ state: "failed", attempts: 1, error: "rate_limit_exceeded" });
  expect(pauses).toEqual([]);
});

test.each([
  [422, "validation_error"],
  [403, "invalid_api_key"],
  [429, "daily_quota_exceeded"],
])("a refusal (%i %s) is final", async (status, name) => {
  const { outcome, keys } = await deliverTo([refused(status, name), accepted()]);

  expect(outcome).toEqual({ state: "failed", attempts: 1, error: name });
  expect(keys).toHaveLength(1);
});

test("it ends after four attempts, with a name and no words of Resend's", async () => {
  const busy = () => refused(503, "Sorry, a@b.example!");

  const { outcome } = await deliverTo([busy(), busy(), busy(), busy(), accepted()]);

  expect(outcome).toEqual({ state: "failed", attempts: 4, error: "http_503" });
});
