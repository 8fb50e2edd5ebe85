import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { sampled } from "local-cloud/drills";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { git, temporaryFolder } from "testkit";
import { run, type Finished } from "./run.ts";
import { refusals } from "./refusals.ts";
import { openShop, type Shop } from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  await shop.stop();
});

const unhealthy = (text: string) => text.replace('STATUS = "healthy"', 'STATUS = "unhealthy"');
const stocked = (goods: string) => (text: string) => text.replace(/goods of [^\\]+/u, goods);

/** Changes the Worker and commits it. */
function change(edit: (text: string) => string): void {
  shop.write("dist/index.mjs", edit(shop.read("dist/index.mjs")));
  shop.commit("a change");
}

/** What a gate of staging has measured last. */
async function probesOf(gate: string): Promise<readonly string[]> {
  const { stdout } = await shop.delivery(["history", "staging", "--json"]);
  const entries = JSON.parse(stdout) as {
    readonly verdict?: {
      readonly gate: string;
      readonly measurements: readonly { readonly probe: string }[];
    };
  }[];
  const verdict = entries.findLast((entry) => entry.verdict?.gate === gate)?.verdict;
  return verdict?.measurements.map(({ probe }) => probe) ?? [];
}

async function delivered(
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { exitCode, stdout, stderr } = await shop.delivery([...args, "--json"], env);
  expect({ args, exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ args, exitCode: 0, stderr: "" });
  return (JSON.parse(stdout) as { releaseId: string }).releaseId;
}

/** The failure's two lines: what is wrong, and what to do. */
function complaint({ stderr }: Finished): readonly string[] {
  const lines = stderr.trim().split("\n");
  const start = lines.findIndex((line) => line.startsWith("delivery: "));
  return lines.slice(start).map((line) => line.trim());
}

// One story, told in order: each test goes on where the one before it ended.
describe("a project's deliveries", () => {
  let first: string;
  let second: string;
  let promotion: Promise<Finished>;

  test("begin with a release that fails, and nobody can reach it", async () => {
    change(unhealthy);

    const failed = await shop.delivery(["deploy", "staging"]);

    expect(failed.exitCode).toBe(3);
    expect(complaint(failed)[0]).toContain("nothing serves, as before");
    expect((await shop.visit("staging")).status).toBe(404);
  });

  test("go on with one that works: domains come after the gate", async () => {
    change((text) => text.replace('"unhealthy"', '"healthy"'));

    first = await delivered(["deploy", "staging"]);

    expect(await shop.visit("staging")).toEqual({ status: 200, body: "goods of the first day\n" });
    expect((await shop.delivery(["status"])).exitCode).toBe(0);
  });

  test("refuse production what staging has not proven", async () => {
    const refused = await shop.delivery(["promote", "production", "--release", "r-20200101T000000Z-0000000"]);

    expect({ exitCode: refused.exitCode, first: complaint(refused)[0] }).toEqual({
      exitCode: 2,
      first: "delivery: staging has not proven r-20200101T000000Z-0000000.",
    });
    expect((await shop.delivery(["deploy", "production"])).exitCode).toBe(2);
  });

  test("refuse production the secret that staging uses", async () => {
    const refused = await shop.delivery(["promote", "production"], { API_KEY: "the key of staging" });

    expect({ exitCode: refused.exitCode, first: complaint(refused)[0] }).toEqual({
      exitCode: 2,
      first: "delivery: The secret API_KEY has the value that staging uses.",
    });
    expect((await shop.visit("production")).status).toBe(404);
  });

  test("wait for one another: the second one is told who is at work", async () => {
    promotion = shop.delivery(["promote", "production", "--json"]);
    await untilLeased("production");

    const refused = await shop.delivery(["promote", "production"]);

    expect(refused.exitCode).toBe(5);
    expect(complaint(refused)[0]).toContain("Another delivery to production is running since");
  });

  test("bring production the same bytes that staging has proven", async () => {
    expect((JSON.parse((await promotion).stdout) as { releaseId: string }).releaseId).toBe(first);

    const statuses = JSON.parse((await shop.delivery(["status", "--json"])).stdout) as {
      decided: { archiveSha256: string };
      serving: { etag: string }[];
    }[];
    expect(new Set(statuses.map(({ decided }) => decided.archiveSha256)).size).toBe(1);
    expect(new Set(statuses.map(({ serving }) => serving[0]?.etag)).size).toBe(1);
  });

  test("stop at a gate that fails, while what served before goes on serving", async () => {
    change(unhealthy);

    const failed = await shop.delivery(["deploy", "staging"]);

    expect(failed.exitCode).toBe(3);
    expect(complaint(failed)[0]).toMatch(
      /the gate health@0 stopped r-\S+: HTTP 503, unhealthy; version \w{8} serves again/u,
    );
    expect((await shop.visit("staging")).body).toBe("goods of the first day\n");
    expect((await shop.delivery(["history", "staging"])).stdout).toContain("health@0 fail");
  });

  test("return to the release before by one word, domains included", async () => {
    const config = shop.read("wrangler.toml");
    const domain = '{ pattern = "staging.shop.example.com", custom_domain = true }';
    shop.write("wrangler.toml", config.replace(domain, `${domain}, ${domain.replace("shop", "new")}`));
    change((text) => stocked("goods of the second day")(text.replace('"unhealthy"', '"healthy"')));
    second = await delivered(["deploy", "staging"]);
    const hosts = ["staging.shop.example.com", "staging.new.example.com"];
    const bodies = () => Promise.all(hosts.map(async (host) => (await shop.visitHost(host)).body));
    expect(await bodies()).toEqual(["goods of the second day\n", "goods of the second day\n"]);

    // The edge's own metrics were asked for, though the soak was too short for any.
    expect(await probesOf("health@50")).toContain("error-rate");

    expect(await delivered(["rollback", "staging"])).toBe(first);

    shop.write("wrangler.toml", config);
    shop.commit("one domain again");
    expect(await bodies()).toEqual(["goods of the first day\n", expect.stringContaining("1042")]);
  });

  test("don't promote a release that was rolled back", async () => {
    const refused = await shop.delivery(["promote", "production", "--release", second]);

    expect(refused.exitCode).toBe(2);
    expect(complaint(refused)[0]).toContain("has not proven");
  });

  test("don't begin while a person holds the environment", async () => {
    await shop.delivery(["lock", "staging", "we look for a leak"]);

    const refused = await shop.delivery(["deploy", "staging"]);
    await shop.delivery(["unlock", "staging"]);

    expect(refused.exitCode).toBe(5);
    expect(complaint(refused)[0]).toMatch(/staging is held by .+: we look for a leak\./u);
  });

  test("are told by the doctor what they lack", async () => {
    const { stdout, exitCode } = await shop.delivery(["doctor"], { DELIVERY_LEDGER_REMOTE: "/nowhere.git" });

    expect(exitCode).toBe(2);
    expect(stdout).toContain("✓ Cloudflare    the bucket shop-releases is there");
    expect(stdout).toContain("✓ Cloudflare    staging.shop.example.com leads to shop-staging");
    expect(stdout).toContain("✗ ledger        the ledger's remote can't be pushed to");
  });

  test("change no ref of the project, and leave nothing in it but what git ignores", () => {
    expect(git(shop.folder, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(git(shop.folder, "status", "--porcelain")).toBe("");
  });
});

describe("a delivery that can't begin", () => {
  test.each(sampled(refusals, 4))(
    "for $what says so in one sentence, with a hint and exit code 2",
    async ({ args, env, sentence }) => {
      const refused = await shop.delivery(args, env);
      const [first = "", hint = ""] = complaint(refused);

      expect({ exitCode: refused.exitCode, first }).toMatchObject({
        exitCode: 2,
        first: expect.stringContaining(sentence) as string,
      });
      expect(hint).not.toBe("");
      expect(refused.stderr).not.toContain("    at ");
    },
  );

  test("because a build left nothing says what it looked for", async () => {
    shop.write("wrangler.toml", shop.read("wrangler.toml").replace("dist/index.mjs", "nothing/index.mjs"));
    shop.commit("main is elsewhere");

    const refused = await shop.delivery(["release", "build"]);
    git(shop.folder, "revert", "--no-edit", "HEAD");

    expect({ exitCode: refused.exitCode, first: complaint(refused)[0] }).toEqual({
      exitCode: 2,
      first: "delivery: The build made nothing in nothing, which wrangler's configuration names as main.",
    });
  });

  test("because local secrets lie there refuses to build", async () => {
    shop.write(".dev.vars", "API_KEY=local");

    const refused = await shop.delivery(["release", "build"]);
    rmSync(join(shop.folder, ".dev.vars"));

    expect(refused.exitCode).toBe(2);
    expect(complaint(refused)[0]).toContain("would put local secrets into the release");
  });

  test("because its release was damaged says so", async () => {
    const release = await delivered(["release", "build"]);
    const archive = join(shop.folder, ".delivery", "releases", `${release}.tar`);
    const intact = existsSync(archive);
    writeFileSync(archive, "other bytes");

    const refused = await shop.delivery(["deploy", "staging", "--release", release]);
    rmSync(archive);

    expect({ intact, exitCode: refused.exitCode }).toEqual({ intact: true, exitCode: 2 });
    expect(complaint(refused)[0]).toContain("its manifest says");
  });

  test("outside of a repository says so", async () => {
    const folder = temporaryFolder("no-repository");
    await run({
      argv: ["sh", "-c", `cp -r '${shop.folder}/.' . && rm -rf .git .delivery`],
      cwd: folder,
      env: process.env,
    });

    const refused = await run({
      argv: [join(shop.folder, "node_modules", ".bin", "delivery"), "release", "build"],
      cwd: folder,
      env: shop.env("staging"),
    });

    expect({ exitCode: refused.exitCode, first: complaint(refused)[0] }).toMatchObject({
      exitCode: 2,
      first: expect.stringContaining("is no git repository") as string,
    });
  });

  test.each(["delivery", "local-cloud", "workflow-runner"])(
    "on a Node that is too old says which one %s takes",
    async (name) => {
      const command = name === "workflow-runner" ? "run-workflow" : name;
      const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})";
      const bin = join(import.meta.dirname, "..", "..", "packages", name, "bin", `${command}.js`);

      const refused = await run({
        argv: [process.execPath, "--import", older, bin, "--help"],
        cwd: shop.folder,
        env: shop.env("staging"),
      });

      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain("Node 20.1.0 can't run this, it takes 22.18 or newer");
      expect(refused.stderr).toContain(`npx ${command}`);
    },
  );
});

async function untilLeased(environment: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (performance.now() < deadlineMs) {
    const ref = `refs/delivery/${environment}`;
    const newest = git(shop.cloud.ledger, "for-each-ref", "--format=%(subject)", ref);
    if (newest !== "" && !newest.includes("lease_released")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("no delivery took the lease");
}
