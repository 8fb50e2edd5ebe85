import { describe, expect, test } from "vitest";
import type { RequestRecord } from "../dataplane/exchange.ts";
import { written } from "./line.ts";
import { columnsOf } from "./text.ts";
import { view, type ViewModel } from "./view.ts";

const STABLE = "1e6a6e78-6726-49ba-8ff3-89c0eb7bb37d";
const CANDIDATE = "c9a26afa-b4b4-4d7b-8235-d08242959762";

const request = (facts: Partial<RequestRecord> = {}): RequestRecord => ({
  ray: "0123456789abcdef",
  at: "2026-11-23T10:05:23.000Z",
  method: "GET",
  host: "shop.localhost:8701",
  path: "/a/b",
  worker: "shop",
  versionId: STABLE,
  pinned: false,
  status: 200,
  outcome: "success",
  durationMs: 12.3,
  cpuMs: 1,
  ...facts,
});

const MODEL: ViewModel = {
  ready: {
    schema: 1,
    ready: true,
    pid: 1,
    apiBaseUrl: "http://127.0.0.1:8700/client/v4",
    edgeUrl: "http://127.0.0.1:8701",
    edgeTlsUrl: "https://127.0.0.1:8703",
    caFile: "/data/tls/ca.pem",
    accountId: "a",
    apiToken: "token",
    databases: { shop: { url: "postgresql://shop:secret@127.0.0.1:8702/shop", directUrl: "x" } },
    inboxUrl: "http://127.0.0.1:8700/inbox",
    dataDir: "/data",
  },
  overview: {
    workers: [
      {
        name: "shop",
        url: "http://shop.localhost:8701/",
        domains: ["shop.example"],
        shares: [
          { versionId: STABLE, percentage: 90, number: 4, label: "release-4" },
          { versionId: CANDIDATE, percentage: 10, number: 5, label: "" },
        ],
      },
    ],
    mail: [{ at: "2026-11-23T10:05:20.000Z", to: "kim@shop.example", subject: "Verify your address" }],
    mailCount: 7,
  },
  requests: [request(), request({ status: 500, outcome: "scriptThrewException", versionId: CANDIDATE })],
  answered: new Map([
    [STABLE, { total: 18, errors: 0 }],
    [CANDIDATE, { total: 2, errors: 1 }],
  ]),
  notes: ["BLOCKED: a Worker asked for api.example, which has no stand-in here"],
  requestsPerSecond: 4,
  upMs: 125_000,
  logFile: "/data/up.log",
  envCommand: "npx local-cloud env",
};

function screen(model: ViewModel, columns: number, rows: number): readonly string[] {
  return view(model, { columns, rows }).map((line) => written(line, columns, false));
}

describe("the screen", () => {
  test("shows addresses, Workers with their split, requests, mail and notes", () => {
    const text = screen(MODEL, 80, 30).join("\n");

    expect(text).toMatch(/local-cloud +up 2 min · 4\.0 requests\/s/u);
    expect(text).toContain("postgresql://shop:…@127.0.0.1:8702/shop");
    expect(text).toMatch(/shop {2}http:\/\/shop\.localhost:8701\/ {2}shop\.example/u);
    expect(text).toMatch(/90% {2}█{18}░{2} {2}1e6a6e78 v4 18 answered {2}release-4/u);
    expect(text).toMatch(/10% {2}█{2}░{18} {2}c9a26afa v5 2 answered, 1 failed/u);
    expect(text).toMatch(/10:05:23 {2}GET +shop\.localhost:8701\/a\/b +200 {3}12 ms {2}1e6a6e78/u);
    expect(text).toMatch(/INBOX 7\n 10:05:20 {2}Verify your address +kim@shop\.example/u);
    expect(text).toContain("BLOCKED: a Worker asked for api.example");
    expect(text).not.toContain("secret");
  });

  test.each([
    [30, 8],
    [60, 24],
    [80, 24],
    [140, 50],
    [200, 5],
    [1, 1],
  ])("fits %i columns and %i rows, whatever there is to show", (columns, rows) => {
    const many = Array.from({ length: 40 }, (_, index) => index);
    const [worker] = MODEL.overview.workers;
    const full: ViewModel = {
      ...MODEL,
      overview: {
        ...MODEL.overview,
        workers: many.map((index) => ({ ...worker, name: `worker-${index}` }) as never),
      },
      requests: many.map(() => request({ path: "/注文/".repeat(60) })),
      notes: many.map((index) => `note ${index} `.repeat(30)),
    };

    const lines = screen(full, columns, rows);

    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  });

  test("says how many rows of Workers don't fit", () => {
    const workers = Array.from({ length: 30 }, () => MODEL.overview.workers[0] as never);

    const text = screen({ ...MODEL, overview: { ...MODEL.overview, workers } }, 80, 24).join("\n");

    expect(text).toMatch(/… \d+ more rows/u);
  });

  test("is useful when nothing is there yet", () => {
    const overview = { workers: [], mail: [], mailCount: 0 };
    const empty = { ...MODEL, overview, requests: [], notes: [], answered: new Map<string, never>() };

    const text = screen(empty, 80, 24).join("\n");

    expect(text).toContain("None yet. Deploy one: npx wrangler deploy");
    expect(text).toContain('eval "$(npx local-cloud env)"');
    expect(text).not.toContain("INBOX");
  });

  test("lets nothing from outside write escape sequences", () => {
    const evil = "\u001B[2J\u009B31m\r\nFAKE\u202E";
    const text = screen(
      {
        ...MODEL,
        overview: {
          ...MODEL.overview,
          mail: [{ at: MODEL.overview.mail[0]?.at ?? "", subject: evil, to: evil }],
        },
        requests: [request({ path: evil, method: evil, host: evil })],
        notes: [evil],
      },
      100,
      30,
    ).join("");

    // oxlint-disable-next-line no-control-regex -- that there are none is what is tested
    expect(text).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/u);
  });

  test("has colours only where they are wanted", () => {
    const lines = view(MODEL, { columns: 80, rows: 24 });

    expect(lines.map((line) => written(line, 80, true)).join("")).toContain("\u001B[31m  500\u001B[0m");
    expect(lines.map((line) => written(line, 80, false)).join("")).not.toContain("\u001B");
  });
});
