import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { api, uploadForm, type ApiAnswer } from "../../testing/api-client.ts";
import { startApiWithoutRuntime, type ApiWithoutRuntime } from "../../testing/api-without-runtime.ts";

const CODE = "export default { fetch() {} };";
let plane: ApiWithoutRuntime;

beforeEach(async () => {
  plane = await startApiWithoutRuntime();
});
afterEach(async () => {
  await plane.stop();
});

const call = (text: string, body?: FormData | object) => api(plane.ready, text, body);
const put = (metadata: object = {}) => call("PUT /workers/scripts/shop", uploadForm(CODE, metadata));
const upload = (metadata: object = {}, query = "") =>
  call(`POST /workers/scripts/shop/versions${query}`, uploadForm(CODE, metadata));
const secret = (name: string, text: string) => ({ type: "secret_text", name, text });

function refusal({ status, errors }: ApiAnswer): readonly unknown[] {
  return [status, errors[0]?.code];
}

interface Version {
  readonly id: string;
  readonly number: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly resources: { readonly bindings: readonly { readonly name: string }[] };
}

async function versions(query = ""): Promise<readonly Version[]> {
  const { result } = await call(`GET /workers/scripts/shop/versions${query}`);
  return (result as { items: Version[] }).items;
}

describe("an upload", () => {
  test.each(["Shop", "shop.", "-shop", "s".repeat(64), "..%2f..%2fetc", "sh%00op", "%e0%a4%a"])(
    "for a Worker of the name %s is refused with 10016",
    async (name) => {
      expect(refusal(await call(`PUT /workers/scripts/${name}`, uploadForm(CODE)))).toEqual([400, 10_016]);
    },
  );

  test("of a first version needs PUT: POST finds no Worker", async () => {
    expect(refusal(await upload())).toEqual([404, 10_007]);
  });

  test("inherits a secret from the version that it names, without its value being known", async () => {
    await put({ bindings: [secret("KEY", "old")] });
    const [first] = await versions();
    await put({ bindings: [secret("KEY", "new")] });

    const inherited = await upload(
      { bindings: [{ type: "inherit", name: "KEY", version_id: first?.id }] },
      "?bindings_inherit=strict",
    );
    const { id } = inherited.result as Version;
    const back = await call("POST /workers/scripts/shop/deployments", {
      strategy: "percentage",
      versions: [{ version_id: id, percentage: 100 }],
    });
    const toFirst = await call("POST /workers/scripts/shop/deployments", {
      strategy: "percentage",
      versions: [{ version_id: first?.id, percentage: 100 }],
    });

    expect([inherited.status, back.status, toFirst.status]).toEqual([200, 200, 200]);
  });

  test("that inherits what isn't there is refused when it is strict, with a code for each name", async () => {
    await put();
    const bindings = ["A", "B"].map((name) => ({ type: "inherit", name }));

    const strict = await upload({ bindings }, "?bindings_inherit=strict");
    const lenient = await upload({ bindings });

    expect(strict.errors.map(({ code, message }) => [code, message.slice(0, 19)])).toEqual([
      [10_057, "inherit binding 'A'"],
      [10_057, "inherit binding 'B'"],
    ]);
    expect((lenient.result as Version).resources.bindings).toEqual([]);
  });

  test.each([
    [{ annotations: { "workers/tag": "t".repeat(101) } }, 10_021],
    [{ annotations: { "workers/alias": "No Alias" } }, 10_021],
    [{ annotations: { "workers/alias": "a".repeat(60) } }, 10_021],
    [{ compatibility_date: "yesterday" }, 10_021],
    [{ compatibility_date: "2026-13-01" }, 10_021],
    [{ main_module: "other.mjs" }, 10_021],
    [{ bindings: [{ type: "plain_text", name: "BIG", text: "x".repeat(5121) }] }, 10_054],
    [{ bindings: [{ type: "plain_text", text: "x" }] }, 10_052],
    [
      {
        bindings: Array.from({ length: 129 }, (_, index) => ({
          type: "plain_text",
          name: `V${index}`,
          text: "",
        })),
      },
      10_055,
    ],
    [{ bindings: ["no object"] }, 10_001],
    [{ bindings: {} }, 10_001],
    [{ containers: [{ class_name: "C" }] }, 10_501],
    [{ body_part: "script" }, 10_021],
  ])("with %j is refused", async (metadata, code) => {
    expect((await put(metadata)).errors[0]?.code).toBe(code);
  });

  test("keeps a message of a thousand bytes, whole characters only", async () => {
    await put({ annotations: { "workers/message": "é".repeat(600) } });

    const [version] = await versions();

    expect(version?.annotations["workers/message"]).toBe("é".repeat(500));
  });

  test("gives the same etag for the same modules, whatever else is in it", async () => {
    const etag = (answer: ApiAnswer) => (answer.result as { etag: string }).etag;

    const [first, second] = [etag(await put()), etag(await put({ bindings: [secret("A", "1")] }))];

    expect(first).toBe(second);
  });

  test("keeps assets once per Worker", async () => {
    const hash = "0123456789abcdef0123456789abcdef";
    const manifest = { manifest: { "/a.txt": { hash, size: 1 }, "/b.txt": { hash, size: 1 } } };
    const session = async (worker: string) =>
      (await call(`POST /workers/scripts/${worker}/assets-upload-session`, manifest)).result as {
        jwt: string;
        buckets: string[][];
      };
    const { jwt, buckets } = await session("shop");
    const form = new FormData();
    form.set(hash, new File([Buffer.from("x").toString("base64")], hash, { type: "text/plain" }));

    const done = await api(
      { ...plane.ready, apiToken: jwt },
      "POST /workers/assets/upload?base64=true",
      form,
    );

    expect([buckets, done.status]).toEqual([[[hash]], 201]);
    expect((await session("shop")).buckets).toEqual([]);
    expect((await session("other")).buckets).toEqual([[hash]]);
  });
});

describe("lists", () => {
  test("come in pages, with how many there are", async () => {
    for (let count = 0; count < 5; count += 1) await put();

    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => call(`GET /workers/scripts/shop/versions?page=${page}&per_page=2`)),
    );

    const numbers = pages.map(({ result }) =>
      (result as { items: Version[] }).items.map(({ number }) => number),
    );
    expect(numbers).toEqual([[5, 4], [3, 2], [1], []]);
    expect(pages[2]?.result_info).toEqual({ page: 3, per_page: 2, count: 1, total_count: 5, total_pages: 3 });
  });

  test("of deployments show the last ten, newest first, of which only the newest can't be deleted", async () => {
    for (let count = 0; count < 12; count += 1) await put();
    const ids = async () =>
      (
        (await call("GET /workers/scripts/shop/deployments")).result as { deployments: { id: string }[] }
      ).deployments.map(({ id }) => id);
    const [newest, second] = await ids();

    const refused = await call(`DELETE /workers/scripts/shop/deployments/${newest}`);
    const deleted = await call(`DELETE /workers/scripts/shop/deployments/${second}`);

    expect([refused.status, deleted.status]).toEqual([400, 200]);
    expect((await ids()).length).toBe(10);
    expect(await ids()).not.toContain(second);
  });
});

describe("a deployment", () => {
  const deploy = (shares: readonly (readonly [string | undefined, number])[]) =>
    call("POST /workers/scripts/shop/deployments", {
      strategy: "percentage",
      versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })),
    });

  test("has one or two versions whose percentages sum to 100", async () => {
    await put();
    await put();
    await put();
    const [a, b, c] = (await versions()).map(({ id }) => id);

    const answers = await Promise.all([
      deploy([
        [a, 0],
        [b, 100],
      ]),
      deploy([]),
      deploy([
        [a, 50],
        [b, 25],
        [c, 25],
      ]),
      deploy([
        [a, 50],
        [a, 50],
      ]),
      deploy([
        [a, 50],
        [b, 49],
      ]),
      deploy([
        [a, -1],
        [b, 101],
      ]),
      deploy([["no-uuid", 100]]),
    ]);

    expect(answers.map(refusal)).toEqual([
      [200, undefined],
      [400, 10_023],
      [400, 10_023],
      [400, 10_023],
      [400, 10_023],
      [400, 10_023],
      [400, 10_001],
    ]);
  });
});

describe("a deleted Worker", () => {
  test("begins anew under its name", async () => {
    await put();
    await put();
    await call("DELETE /workers/scripts/shop");

    await put();

    expect((await versions()).map(({ number }) => number)).toEqual([1]);
  });

  test("takes versions, domains and routes with it, and leaves other Workers theirs", async () => {
    await put();
    await call("PUT /workers/scripts/other", uploadForm(CODE));
    await call("PUT /workers/domains", { hostname: "shop.example.com", service: "shop" });
    await call("PUT /workers/scripts/shop/routes", [{ pattern: "*.example.com/*" }]);
    await call("PUT /workers/scripts/other/routes", [{ pattern: "other.example.com/*" }]);

    const deleted = await call("DELETE /workers/services/shop?force=true");

    const domains = await call("GET /workers/domains");
    const other = await call("GET /workers/scripts/other/versions");
    expect(deleted.status).toBe(200);
    expect(domains.result).toEqual([]);
    expect(refusal(await call("GET /workers/scripts/shop/versions"))).toEqual([404, 10_007]);
    expect(other.status).toBe(200);
  });
});

describe("routes", () => {
  test.each([
    ["example.com/shop/*", 501, 10_501],
    ["a*b.example.com/*", 400, 10_022],
    ["localhost/*", 400, 7003],
  ])("%s is refused", async (pattern, status, code) => {
    await put();

    expect(refusal(await call("PUT /workers/scripts/shop/routes", [{ pattern }]))).toEqual([status, code]);
  });
});

describe("a custom domain", () => {
  test.each(["localhost", "a..b", "x/../../etc", "-.com", "a b.com", `${"a".repeat(64)}.com`])(
    "named %j is refused",
    async (hostname) => {
      await put();

      expect(refusal(await call("PUT /workers/domains", { hostname, service: "shop" }))).toEqual([400, 7003]);
    },
  );
});

describe("a version sent as JSON", () => {
  test("is refused with migrations, by name", async () => {
    await put();

    const answer = await call("POST /workers/workers/shop/versions", { migrations: {}, main_module: "a" });

    expect(refusal(answer)).toEqual([501, 10_501]);
  });
});

describe("settings", () => {
  test("that are unversioned change no version; an unknown one is refused", async () => {
    await put();

    const changed = await call("PATCH /workers/scripts/shop/script-settings", { logpush: true, tags: ["a"] });
    const unknown = await call("PATCH /workers/scripts/shop/script-settings", { colour: "red" });

    expect(changed.result).toEqual({ logpush: true, tags: ["a"] });
    expect(refusal(unknown)).toEqual([400, 10_001]);
    expect(await versions()).toHaveLength(1);
  });
});
