import { describe, expect, test } from "vitest";
import type { Settings } from "../config/load.ts";
import { Secret } from "../secrets/secret.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createPlatform } from "./cloudflare-api.ts";

const cloudflare = {
  apiBaseUrl: "https://api.cloudflare.test/client/v4",
  accountId: "account",
  apiToken: new Secret("CLOUDFLARE_API_TOKEN", "token"),
};

function platform(answer: (init: RequestInit, path: string) => Response | Promise<Response>) {
  const fetch = async (url: string, init: RequestInit) =>
    answer(init, url.slice(cloudflare.apiBaseUrl.length));
  return createPlatform({ cloudflare } as Settings, createFakeClock(), fetch);
}

/** A body that ends before it is whole. */
function brokenOff(status: number): Response {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"success":tr'));
      controller.error(new TypeError("terminated"));
    },
  });
  return new Response(body, { status });
}

describe("Cloudflare's API", () => {
  test("has a time limit for every call", async () => {
    const signals: unknown[] = [];
    const api = platform(({ signal }) => {
      signals.push(signal);
      return Response.json({ success: true, errors: [], result: { deployments: [] } });
    });

    await api.deployments("shop");

    expect(signals).toEqual([expect.any(AbortSignal)]);
  });

  test("knows a token that is a user's, or the account's own", async () => {
    const knows = (...refused: readonly string[]) =>
      platform((_init, path) =>
        refused.includes(path)
          ? Response.json(
              { success: false, errors: [{ code: 1000, message: "Invalid API Token" }], result: null },
              { status: 401 },
            )
          : Response.json({ success: true, errors: [], result: {} }),
      ).verifyAccess("releases");
    const [users, accounts] = ["/user/tokens/verify", "/accounts/account/tokens/verify"];

    await knows(accounts);
    await knows(users);
    await expect(knows(users, accounts)).rejects.toMatchObject({
      code: "PLATFORM_REFUSED",
      message: expect.stringContaining("refuses the API token: Invalid API Token") as string,
    });
  });

  test("that doesn't know of accounts' own tokens refuses one that is no user's", async () => {
    const statuses: Readonly<Record<string, number>> = {
      "/user/tokens/verify": 401,
      "/accounts/account/tokens/verify": 501,
    };
    const api = platform((_init, path) => {
      const status = statuses[path] ?? 200;
      const errors = [{ code: 1000, message: `answered ${status}` }];
      return Response.json({ success: status === 200, errors, result: null }, { status });
    });

    await expect(api.verifyAccess("releases")).rejects.toMatchObject({
      message: expect.stringContaining("refuses the API token: answered 401") as string,
    });
  });

  test("whose reply to a write breaks off has neither refused nor done it, as far as anybody knows", async () => {
    const api = platform(() => brokenOff(200));

    await expect(api.route("shop", [], { message: "m" })).rejects.toMatchObject({
      code: "PLATFORM_UNAVAILABLE",
    });
  });

  test("whose reply breaks off in the middle of an object has not given it", async () => {
    const api = platform(() => brokenOff(200));

    await expect(api.readObject("releases", "r-1.tar")).rejects.toMatchObject({
      code: "PLATFORM_UNAVAILABLE",
    });
  });
});
