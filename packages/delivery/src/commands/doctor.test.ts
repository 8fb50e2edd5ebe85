import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Context } from "../context.ts";
import type { Finding } from "../doctor/finding.ts";
import { inProject } from "../testing/fake-project.ts";
import { createFakeWorld, WORKER } from "../testing/fake-world.ts";
import { doctor } from "./doctor.ts";

/** Path and query of a question → what answers it. */
type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>;

const result = (value: unknown, info?: unknown) => ({
  body: { success: true, errors: [], result: value, result_info: info },
});
const METRICS = { data: { viewer: { accounts: [{ window0: [] }] } }, errors: null };

/** An account in which nothing is missing. */
const WHOLE: Answers = {
  "/user/tokens/verify": result({ status: "active" }),
  "/accounts/account": result({}),
  "/accounts/account/workers/domains": result([{ hostname: "shop.example.com", service: WORKER }]),
  "/accounts/account/r2/buckets": result({ buckets: [{ name: "releases" }] }),
  "/zones": result([{ name: "example.com", status: "active" }]),
  "/graphql": { body: METRICS },
};

async function serve(answers: Answers): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    const { status = 200, body } = answers[url] ?? { status: 404, body: { success: false, errors: [] } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Patient {
  readonly answers?: Answers;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly change?: (context: Context) => Context;
}

async function examine({
  answers = {},
  environment = {},
  change = (context) => context,
}: Patient): Promise<readonly Finding[]> {
  const apiBaseUrl = await serve({ ...WHOLE, ...answers });
  const { context } = createFakeWorld({ environment }).process();
  const { settings, ...rest } = inProject(context);
  const { root, configuration } = settings;
  const remote = mkdtempSync(join(tmpdir(), "remote-"));
  execFileSync("git", ["init", "--quiet", "--bare"], { cwd: remote });
  for (const args of [
    ["init", "--quiet"],
    ["commit", "--quiet", "--allow-empty", "-m", "first"],
  ])
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { cwd: root });
  const own = { ...configuration, ledger: { ...configuration.ledger, remote } };
  const cloudflare = { ...settings.cloudflare, apiBaseUrl };
  return doctor(
    change({
      ...rest,
      settings: { ...settings, configuration: own, cloudflare, cacheDir: join(root, ".delivery") },
    }),
  );
}

const told = (findings: readonly Finding[], area: Finding["area"]) =>
  findings.filter((finding) => finding.area === area);
const WATCHED = { rollout: { soakMs: 1000 } };

describe("the doctor", () => {
  test("finds nothing missing in an account that has everything", async () => {
    const findings = await examine({ environment: WATCHED });

    expect(findings.filter(({ state }) => state === "missing")).toEqual([]);
    expect(told(findings, "Cloudflare").filter(({ state }) => state !== "ok")).toEqual([]);
    expect(findings.map(({ sentence }) => sentence)).toContain(
      "the token may read the metrics that a soak is judged by",
    );
  });

  test("asks for metrics only where a soak is judged by them", async () => {
    const findings = await examine({ environment: { rollout: { soakMs: 0 } } });

    expect(findings.map(({ sentence }) => sentence).join("\n")).not.toContain("metrics");
  });

  test("names the permission without which there are no metrics", async () => {
    const errors = [{ message: "not authorized for that account" }];
    const answers = { "/graphql": { body: { data: null, errors } } };

    expect(await examine({ environment: WATCHED, answers })).toContainEqual({
      area: "Cloudflare",
      state: "missing",
      sentence:
        "the token may not read the metrics that a soak is judged by: not authorized for that account",
      remedy: "Give it: Account: Account Analytics (read) (My Profile → API Tokens)",
    });
  });

  test("takes a token that is the account's own, and refuses one that is nobody's", async () => {
    const refused = { status: 401, body: { success: false, errors: [] } };
    const own = result({ status: "active" });

    const whole = await examine({
      answers: { "/user/tokens/verify": refused, "/accounts/account/tokens/verify": own },
    });
    const nobodys = await examine({ answers: { "/user/tokens/verify": refused } });

    expect(told(whole, "Cloudflare").filter(({ state }) => state !== "ok")).toEqual([]);
    expect(told(nobodys, "Cloudflare")).toMatchObject([
      { state: "missing", sentence: "the token is refused" },
    ]);
  });

  test("reads lists of buckets and zones to their ends", async () => {
    const findings = await examine({
      answers: {
        "/accounts/account/workers/domains": result([]),
        "/accounts/account/r2/buckets": result({ buckets: [{ name: "a" }] }, { cursor: "a" }),
        "/accounts/account/r2/buckets?cursor=a": result({ buckets: [{ name: "releases" }] }, { cursor: "" }),
        "/zones": result([{ name: "example.org", status: "active" }], { page: 1, total_pages: 2 }),
        "/zones?page=2": result([{ name: "example.com", status: "active" }], { page: 2, total_pages: 2 }),
      },
    });

    const sentences = findings.map(({ sentence }) => sentence);
    expect(sentences).toContain("the bucket releases is there");
    expect(sentences).toContain("shop.example.com is free, and its zone example.com is active");
  });

  test("looks for the workflow of an approval, also above the project", async () => {
    const environment = { approval: "github" };
    const withWorkflow = (text: string) => (context: Context) => {
      const root = join(context.settings.root, "packages", "shop");
      mkdirSync(join(context.settings.root, ".github", "workflows"), { recursive: true });
      mkdirSync(root, { recursive: true });
      cpSync(join(context.settings.root, "wrangler.toml"), join(root, "wrangler.toml"));
      writeFileSync(join(context.settings.root, ".github", "workflows", "deploy.yml"), text);
      return { ...context, settings: { ...context.settings, root } };
    };
    const first = (findings: readonly Finding[]) => told(findings, "GitHub")[0]?.state;

    expect(first(await examine({ environment }))).toBe("missing");
    expect(first(await examine({ environment, change: withWorkflow("environment: production") }))).toBe("ok");
  });

  test("says of a contract without secrets that it names none", async () => {
    const sentences = told(await examine({}), "variables").map(({ sentence }) => sentence);

    expect(sentences).toContain("the contract names no secret");
  });
});
