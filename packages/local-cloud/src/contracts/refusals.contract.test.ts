import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { WorkersStore } from "../services/workers/store.ts";
import { api, uploadForm, type ApiAnswer } from "../testing/api-client.ts";
import { startApiWithoutRuntime, type ApiWithoutRuntime } from "../testing/api-without-runtime.ts";
import { wranglerOn, type WranglerRun } from "../testing/wrangler.ts";
import { longTest } from "../testing/long-test.ts";

// A command that is refused runs nothing: the API alone is enough, and what leads to a refusal is made by the API's own calls.
// Where the refusal comes from the runtime or a store (10021, 10008), it is in wrangler.contract.test.ts and stores.contract.test.ts.

const CODE = `export default { fetch: () => new Response("ok") };`;
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
/** One more than a deployment may look back. */
const VERSIONS = 101;
const RATE_LIMIT = 250;
const oldVersion = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

// Each command is a process of its own.
vi.setConfig({ maxConcurrency: 2, testTimeout: 120_000 });

let cloud: ApiWithoutRuntime;

beforeAll(async () => {
  cloud = await startApiWithoutRuntime({ rateLimit: RATE_LIMIT });
  addOldWorker(cloud.store);
});

afterAll(async () => {
  vi.resetConfig();
  await cloud.stop();
});

/** A long history is written where it is kept. */
function addOldWorker(store: WorkersStore): void {
  const at = "2026-01-01T00:00:00.000Z";
  const worker = {
    name: "old",
    tag: "0".repeat(32),
    createdAt: at,
    modifiedAt: at,
    subdomainEnabled: false,
    previewsEnabled: false,
    lastDeployedFrom: "api",
    settings: {},
  };
  for (let number = 1; number <= VERSIONS; number += 1) {
    const version = {
      id: oldVersion(number),
      worker: "old",
      number,
      createdAt: at,
      source: "api",
      annotations: {},
      etag: "",
      mainModule: "index.mjs",
      modules: [],
      bindings: [],
      compatibilityDate: "2026-01-01",
      compatibilityFlags: [],
      handlers: ["fetch"],
      namedHandlers: [],
      startupTimeMs: 1,
      assets: undefined,
      limits: undefined,
      placement: undefined,
    };
    store.addVersion(version, number === 1 ? worker : undefined);
  }
}

const call = (text: string, body?: FormData | object) => api(cloud.ready, text, body);
const put = (name: string, metadata: object = {}) =>
  call(`PUT /workers/scripts/${name}`, uploadForm(CODE, metadata));
const addVersion = (name: string) => call(`POST /workers/scripts/${name}/versions`, uploadForm(CODE));
const sdk = () => new Cloudflare({ apiToken: cloud.ready.apiToken, baseURL: cloud.ready.apiBaseUrl });

interface How {
  readonly input?: string;
  readonly token?: string;
  readonly accountId?: string;
  /** Lines at the head of wrangler.toml. */
  readonly config?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A command of wrangler that is refused; all that it says. */
async function refusedBy(args: readonly string[], how: How = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await wrangler(args, how);
  expect({ args, exitCode }).toEqual({ args, exitCode: 1 });
  return `${stdout}\n${stderr}`;
}

function wrangler(args: readonly string[], how: How = {}): Promise<WranglerRun> {
  const { apiToken, accountId } = cloud.ready;
  const ready = { ...cloud.ready, apiToken: how.token ?? apiToken, accountId: how.accountId ?? accountId };
  const client = wranglerOn(ready, "bare");
  client.edit("wrangler.toml", (text) => `${how.config ?? ""}\n${text}`);
  for (const [name, text] of Object.entries(how.files ?? {})) client.write(name, text);
  return client.run(args, how.input);
}

function code({ status, errors }: ApiAnswer): readonly unknown[] {
  return [status, errors[0]?.code];
}

async function tokenThatReads(name: string): Promise<string> {
  const { result } = await call("POST /__tokens", { name, scopes: ["workers:read", "account:read"] });
  return (result as { token: string }).token;
}

// Each has Workers of its own, so none waits for another.
describe.concurrent("what is refused", () => {
  longTest("10007: what no Worker has is not found, and wrangler stops", async () => {
    const said = await refusedBy(["deployments", "list", "--name", "missing"]);

    expect(said).toContain("[code: 10007]");
    expect(code(await call("DELETE /workers/services/missing?force=true"))).toEqual([404, 10_007]);
  });

  longTest(
    "10215: a secret isn't put on what serves while a newer version waits; wrangler says what to do",
    async () => {
      await put("waiting");
      await addVersion("waiting");

      const said = await refusedBy(["secret", "put", "KEY", "--name", "waiting"], { input: "value" });

      expect(said).toContain("the latest version of your Worker isn't currently deployed");
      expect(said).toContain("wrangler versions secret put");
    },
  );

  longTest(
    "10214: settings aren't changed then either (by the SDK: no command of wrangler changes them alone)",
    async () => {
      await put("settled");
      await addVersion("settled");

      const change = sdk().workers.scripts.scriptAndVersionSettings.edit("settled", {
        account_id: cloud.ready.accountId,
        settings: { compatibility_date: "2026-02-02" },
      });

      await expect(change).rejects.toMatchObject({ status: 400, errors: [{ code: 10_214 }] });
    },
  );

  longTest("10222: a Worker without a version has nothing to put a secret on; wrangler says so", async () => {
    await call("POST /workers/workers", { name: "empty" });

    const said = await refusedBy(["versions", "secret", "put", "KEY", "--name", "empty"], { input: "value" });

    expect(said).toContain("There are currently no uploaded versions of this Worker");
  });

  longTest("10220: an older version with another secret is deployed by no plain deployment", async () => {
    const secret = (text: string) => ({ bindings: [{ type: "secret_text", name: "KEY", text }] });
    await put("secretive", secret("1"));
    await put("secretive", secret("2"));
    const { result } = await call("GET /workers/scripts/secretive/versions");
    const [, older] = (result as { items: { id: string }[] }).items;

    const said = await refusedBy(["versions", "deploy", `${older?.id}@100%`, "--name", "secretive", "--yes"]);

    expect(said).toContain("The following secrets have changed: KEY [code: 10220]");
  });

  longTest("100146: an unknown version is neither shown nor deployed", async () => {
    await put("known");

    const said = await refusedBy(["versions", "view", UNKNOWN, "--name", "known"]);
    const versions = [{ version_id: UNKNOWN, percentage: 100 }];
    const deployed = await call("POST /workers/scripts/known/deployments", {
      strategy: "percentage",
      versions,
    });

    expect(said).toContain("[code: 100146]");
    expect(code(deployed)).toEqual([404, 100_146]);
  });

  longTest("10023: a version beyond the newest hundred is too old to be deployed", async () => {
    const said = await refusedBy(["versions", "deploy", `${oldVersion(1)}@100%`, "--name", "old", "--yes"]);

    const { result } = await call("GET /workers/scripts/old/versions?deployable=true");
    expect(said).toContain("among the last 100 uploaded ones. [code: 10023]");
    expect((result as { items: { id: string }[] }).items.map(({ id }) => id).at(-1)).toBe(oldVersion(2));
  });

  longTest("10056: a secret that isn't there isn't deleted", async () => {
    await put("plain");

    expect(await refusedBy(["secret", "delete", "NONE", "--name", "plain"], { input: "y" })).toContain(
      "[code: 10056]",
    );
  });

  longTest(
    "10057: an upload that lacks a required secret, by name; with a file of secrets it is taken",
    async () => {
      await put("needy");
      const config = `secrets.required = ["NEEDED"]`;
      const args = ["versions", "upload", "--name", "needy"];

      const missing = await refusedBy(args, { config });
      const given = await wrangler([...args, "--secrets-file", "secrets.json"], {
        config,
        files: { "secrets.json": JSON.stringify({ NEEDED: "now it is there" }) },
      });

      expect(missing).toContain("The following required secrets have not been set: NEEDED");
      expect(given.exitCode).toBe(0);
    },
  );

  longTest("10501: a binding that the local cloud can't give is refused by name", async () => {
    const config = `vectorize = [{ binding = "INDEX", index_name = "words" }]`;

    expect(await refusedBy(["deploy", "--name", "vectors"], { config })).toContain(
      "does not support bindings of type vectorize (INDEX). [code: 10501]",
    );
  });

  longTest("10000: another account or an unknown token sees nothing", async () => {
    await put("closed");

    const said = await refusedBy(["versions", "list", "--name", "closed"], { token: "wrong-token" });
    const other = await api({ ...cloud.ready, accountId: "0".repeat(32) }, "GET /workers/scripts");

    expect(said).toContain("Authentication error [code: 10000]");
    expect(code(other)).toEqual([403, 10_000]);
  });

  longTest("10000: a token that may only read puts no secret", async () => {
    await put("guarded");
    const token = await tokenThatReads("reader");

    const said = await refusedBy(["secret", "put", "KEY", "--name", "guarded"], { input: "value", token });
    const list = await api({ ...cloud.ready, apiToken: token }, "GET /workers/scripts/guarded/secrets");

    expect(said).toContain("Authentication error [code: 10000]");
    expect(list).toMatchObject({ status: 200, result: [] });
  });

  longTest("971: a token that asks too often is stopped, and wrangler shows how long to wait", async () => {
    const token = await tokenThatReads("busy");
    const busy = { ...cloud.ready, apiToken: token };
    for (let count = 0; count < RATE_LIMIT; count += 1) await api(busy, "GET /workers/subdomain");

    const said = await refusedBy(["deployments", "list", "--name", "old"], { token });

    expect(said).toContain("Please wait and consider throttling your request speed [code: 971]");
    expect(said).toMatch(/you should wait \d+ second/u);
  });

  longTest(
    "100116: a custom domain of another Worker is refused, unless overridden, as wrangler does in CI",
    async () => {
      await Promise.all([put("owner"), put("taker")]);
      const attach = (service: string) =>
        call("PUT /workers/domains", { hostname: "shop.example.com", service, environment: "production" });
      const first = await attach("owner");
      const second = await attach("taker");
      const config = `routes = [{ pattern = "shop.example.com", custom_domain = true }]`;

      const taken = await wrangler(["triggers", "deploy", "--name", "taker"], { config });

      const { result } = await call("GET /workers/domains?hostname=shop.example.com");
      expect([code(first), code(second)]).toEqual([
        [200, undefined],
        [409, 100_116],
      ]);
      expect(taken.exitCode).toBe(0);
      expect(result).toMatchObject([{ hostname: "shop.example.com", service: "taker" }]);
    },
  );

  longTest("10020: a route of another Worker is refused, and the one that has it keeps it", async () => {
    await Promise.all([put("routed"), put("rival")]);
    await call("PUT /workers/scripts/routed/routes", [{ pattern: "www.example.com/*" }]);
    const config = `workers_dev = true\nroutes = [{ pattern = "www.example.com/*", zone_name = "example.com" }]`;

    const said = await refusedBy(["triggers", "deploy", "--name", "rival"], { config });

    expect(said).toContain("[code: 10020]");
  });
});

test("nothing was asked for that the local cloud hasn't", () => {
  expect(cloud.log.filter((line) => !line.startsWith("api: "))).toEqual([]);
});
