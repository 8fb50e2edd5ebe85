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

function platform(answer: (init: RequestInit) => Response | Promise<Response>) {
  const fetch = async (_url: string, init: RequestInit) => answer(init);
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
