import { expect, test } from "vitest";
import { edgeIndexPage } from "./edge-index-page.ts";
import type { Overview } from "./overview.ts";
import { startPageRoutes } from "./start-page.ts";

const HOSTILE = `<script>"'&`;
const WORKER = {
  name: `shop${HOSTILE}`,
  url: "http://shop.localhost:8701/",
  domains: ["shop.example"],
  shares: [{ versionId: "1e6a6e78-6726-49ba-8ff3-89c0eb7bb37d", percentage: 90, number: 4, label: HOSTILE }],
};

async function page(path: string, overview: Overview): Promise<string> {
  const requests = [
    { at: "2026-11-23T10:00:00.000Z", service: "edge", method: "GET", path: "/first", status: 200 },
    { at: "2026-11-23T10:00:01.000Z", service: "edge", method: "GET", path: HOSTILE, fault: "reset f1" },
  ] as const;
  const routes = startPageRoutes({
    overview: () => overview,
    requests: () => requests,
    edgePort: () => 8701,
  });
  const reply = await routes.find((route) => route.path === path)?.handle({} as never);
  if (reply?.kind !== "raw" || typeof reply.body !== "string") throw new Error("no page");
  return reply.body;
}

test("the API's port says what it is, and leads to inbox, requests, edge and Workers", async () => {
  const text = await page("/", { workers: [WORKER], mail: [], mailCount: 3 });

  for (const href of ["/inbox", "/requests", "http://localhost:8701/", "http://shop.localhost:8701/"])
    expect(text).toContain(`href="${href}"`);
  expect(text).toContain("3 mails");
  expect(text).toMatch(/90% <code>1e6a6e78<\/code> v4/u);
  expect(text).toContain("<code>shop.example</code>");
});

test("before the first deployment it says how to get there", async () => {
  expect(await page("/", { workers: [], mail: [], mailCount: 0 })).toContain("npx wrangler deploy");
});

test("requests are shown newest first, also those without an answer", async () => {
  const text = await page("/requests", { workers: [], mail: [], mailCount: 0 });

  expect(text.indexOf("no answer")).toBeLessThan(text.indexOf("/first"));
  expect(text).toContain("reset f1");
});

test("nothing from outside becomes markup", async () => {
  const overview = { workers: [WORKER], mail: [], mailCount: 0 };
  const texts = [
    await page("/", overview),
    await page("/requests", overview),
    edgeIndexPage(overview, 1).body,
  ];

  for (const text of texts) expect(text).not.toContain("<script>");
});
