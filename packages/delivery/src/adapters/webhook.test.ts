import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseConfiguration, type Settings } from "../config/load.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { Secret } from "../secrets/secret.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createNotifier } from "./webhook.ts";

const PROVEN = {
  type: "proven",
  environment: "production",
  releaseId: "r-2",
  actor: { kind: "ci", name: "ada" },
} as LedgerEntry;

const configuration = parseConfiguration({
  worker: { config: "wrangler.toml" },
  releases: { bucket: "releases", build: ["true"] },
  ledger: {},
  environments: {},
  notifications: [{ urlFrom: "HOOK_URL", secretFrom: "HOOK_KEY" }],
});

/** Answers with each status in turn; 0 is no answer. */
function receiver(...statuses: readonly number[]) {
  const got: { readonly url: string; readonly init: RequestInit }[] = [];
  const said: string[] = [];
  const secrets = new Map(
    [
      ["HOOK_URL", "https://chat.example/hook"],
      ["HOOK_KEY", "key"],
    ].map(([name = "", value = ""]) => [name, new Secret(name, value)]),
  );
  const settings = { configuration, secrets } as unknown as Settings;
  const parts = { settings, clock: createFakeClock(), say: (line: string) => said.push(line) };
  const notifier = createNotifier(parts, async (url, init) => {
    const status = statuses[got.length] ?? 200;
    got.push({ url, init });
    if (status === 0) throw new TypeError("fetch failed");
    return new Response(null, { status });
  });
  return { notifier, got, said };
}

describe("a notification", () => {
  test("is a signed sentence with the entry", async () => {
    const { notifier, got } = receiver(200);

    notifier.notify(PROVEN);
    await notifier.settle();

    const body = got[0]?.init.body as string;
    const signature = createHmac("sha256", "key").update(`1767225600.${body}`).digest("hex");
    expect(got[0]?.url).toBe("https://chat.example/hook");
    expect(got[0]?.init.headers).toMatchObject({ "x-delivery-signature": `t=1767225600,v1=${signature}` });
    expect(JSON.parse(body)).toMatchObject({ text: "production: proven r-2, by ada", entry: PROVEN });
  });

  test.each([
    ["is sent again after an error of the receiver", [503, 0, 200], 3, 0],
    ["is given up after three tries, which is said", [503, 503, 503], 3, 1],
    ["is not sent again when the receiver refuses it", [404], 1, 1],
  ] as const)("%s", async (...[, statuses, requests, complaints]) => {
    const { notifier, got, said } = receiver(...statuses);

    notifier.notify(PROVEN);
    await notifier.settle();
    // The clock of tests lets no time pass while it sleeps, so the wait ends at once.
    await new Promise(setImmediate);

    expect(got).toHaveLength(requests);
    expect(said).toHaveLength(complaints);
    expect(said.join("")).not.toContain("chat.example");
  });

  test("is sent of what matters only", async () => {
    const { notifier, got } = receiver();

    notifier.notify({ ...PROVEN, type: "lease_renewed" });
    await notifier.settle();

    expect(got).toEqual([]);
  });
});
