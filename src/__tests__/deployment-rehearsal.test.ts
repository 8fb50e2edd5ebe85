import { spawn } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { healthReportSchema } from "health-contract/report";
import { startXata } from "local-cloud/xata";
import { Client } from "pg";
import { git, temporaryFolder } from "testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRunbook } from "./deployment/runbook.ts";
import { builtApp } from "./support/build-once.ts";
import { type Answer, deployFm5, type DeployedFm5, HOSTS, PROJECT } from "./deployment/stage.ts";

const REHEARSAL_LIMIT_MS = 240_000;
const JSON_ONLY = { accept: "application/json" };
const PAGE = { accept: "text/html" };
/** Resend takes mails to this address and delivers them to nobody. */
const PERSON = { email: "delivered+person@resend.dev", password: "a password of some length" };

const runbook = readRunbook(new URL("../../docs/runbook.md", import.meta.url));
const executed = new Set<string>();

let fm5: DeployedFm5;

beforeAll(async () => {
  fm5 = await deployFm5((text) => process.stderr.write(text));
}, REHEARSAL_LIMIT_MS);

afterAll(async () => {
  await fm5?.rehearsed.finish();
});

const home = (environment: "staging" | "production"): Promise<Answer> =>
  fm5.visit({ host: HOSTS[environment], headers: PAGE });

async function health(environment: "staging" | "production") {
  const answer = await fm5.visit({ host: HOSTS[environment], path: "/health", headers: JSON_ONLY });
  return {
    status: answer.status,
    text: answer.body,
    report: healthReportSchema.parse(JSON.parse(answer.body)),
  };
}

/** Executes a block of the runbook as it stands there, to its end. Returns what it printed. */
async function follow(
  name: string,
  environment: "staging" | "production" = "production",
  env: Readonly<Record<string, string>> = {},
) {
  const block = runbook.find((candidate) => candidate.name === name);
  if (block === undefined) throw new Error(`the runbook has no block ${name}`);
  executed.add(name);
  const { exitCode, stdout, stderr } = await fm5.shell(environment, block.script, {
    RELEASE: fm5.rehearsed.first.release,
    ...env,
  });
  if (exitCode !== 0) throw new Error(`the block ${name} ended with ${exitCode}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Somebody deploys a wrong release by hand. */
async function serveWrongRelease(environment: "staging" | "production"): Promise<void> {
  const worker = `fm5-${environment}`;
  const { items } = await fm5.api<{ items: readonly Version[] }>(`workers/scripts/${worker}/versions`);
  const isWrong = (version: Version) => releaseOf(version) !== fm5.rehearsed.first.release;
  const newest = items.toSorted((a, b) => b.number - a.number).find(isWrong);
  await fm5.api(`workers/scripts/${worker}/deployments`, {
    strategy: "percentage",
    versions: [{ version_id: newest?.id, percentage: 100 }],
  });
  expect((await home(environment)).body).toContain("NaN");
}

interface Version {
  readonly id: string;
  readonly number: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const releaseOf = ({ annotations = {} }: Version) => annotations["workers/tag"];

// One story, told in order, on FM5 as it was delivered by deploy.yml.
describe("the rehearsal", () => {
  test("has every scenario end as it should", () => {
    expect(fm5.rehearsed.scenarios.filter(({ ok }) => !ok)).toEqual([]);
  });

  test("makes the same archive of the same source that was built in another folder, without the tests beside it", async () => {
    const { source } = fm5.rehearsed.stage;
    const elsewhere = join(temporaryFolder("elsewhere"), "clone");
    git(source.folder, "clone", "--quiet", ".", elsewhere);
    symlinkSync(join(PROJECT, "node_modules"), join(elsewhere, "node_modules"));
    const config = join(elsewhere, "delivery.config.ts");
    const takeOther = JSON.stringify(["cp", "-r", join(await builtApp(), ".output"), "."]);
    writeFileSync(config, readFileSync(config, "utf8").replace('["npm", "run", "build"]', takeOther));

    const { stdout, stderr, exitCode } = await fm5.shell(
      "staging",
      `cd '${elsewhere}' && npx delivery release build --json`,
      { DELIVERY_RELEASES_CACHE: "" },
    );

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ archive: { sha256: fm5.rehearsed.first.digest } });
  });

  test("tags the release that production serves", () => {
    const { ledger } = fm5.rehearsed.stage.world;
    const { release, version } = fm5.rehearsed.first;
    const [tag = ""] = git(ledger, "tag", "--list").split("\n");

    expect(tag).toBe(`production-${release}`);
    expect(git(ledger, "cat-file", "-t", tag)).toBe("tag");
    expect(git(ledger, "cat-file", "-p", tag)).toContain(version);
    expect(git(ledger, "rev-parse", `${tag}^{commit}`)).toBe(fm5.rehearsed.stage.source.commit);
  });
});

describe("a delivered environment", () => {
  test.each(["staging", "production"] as const)(
    "%s answers on its custom domain and on this machine's own name",
    async (environment) => {
      const answers = await Promise.all([
        home(environment),
        fm5.visit({ host: `fm5-${environment}.localhost`, headers: PAGE }),
      ]);

      for (const answer of answers) {
        expect(answer.status).toBe(200);
        expect(answer.headers["x-release"]).toBe(fm5.rehearsed.first.release);
        expect(answer.body).toContain(`<dd`);
        expect(answer.body).toContain(environment);
      }
    },
  );

  test.each(["staging", "production"] as const)(
    "%s tells which names of its configuration it has, and no value",
    async (environment) => {
      const { status, report, text } = await health(environment);

      expect(status).toBe(200);
      expect(report.configuration).toMatchObject({
        JWT_SECRET: "present",
        BETTER_AUTH_SECRET: "present",
        XATA_DATABASE_URL: "present",
        RESEND_API_KEY: "present",
        FILE_STORAGE: "present",
        R2_ACCESS_KEY_ID: "absent",
      });
      expect(report.configuration).not.toHaveProperty("XATA_API_KEY");
      for (const value of Object.values(fm5.rehearsed.stage.world.secrets[environment]))
        expect(text).not.toContain(value);
    },
  );

  test("lets somebody sign up, confirm the address by the mail, and be signed in there alone", async () => {
    const signedUp = await post("staging", "/api/auth/sign-up/email", { name: "A Person", ...PERSON });
    const token = await tokenMailedTo(PERSON.email);
    const early = await post("staging", "/api/auth/sign-in/email", PERSON);
    const confirmed = await post("staging", "/api/trpc/account.confirmEmail", { token });
    const signedIn = await post("staging", "/api/auth/sign-in/email", PERSON);
    const cookie = [signedIn.headers["set-cookie"]]
      .flat()
      .map((line) => line?.split(";")[0])
      .join("; ");
    const session = await fm5.visit({
      host: HOSTS.staging,
      path: "/api/auth/get-session",
      headers: { ...JSON_ONLY, cookie },
    });
    const elsewhere = await fm5.visit({
      host: HOSTS.production,
      path: "/api/auth/get-session",
      headers: { ...JSON_ONLY, cookie },
    });

    expect([signedUp, early, confirmed, signedIn].map(({ status }) => status)).toEqual([200, 403, 200, 200]);
    expect(JSON.parse(session.body)).toMatchObject({ user: { email: PERSON.email, emailVerified: true } });
    expect(JSON.parse(elsewhere.body)).toBeNull();
  });

  test("answers 503 and names the database while that is down, logs what went wrong, and recovers", async () => {
    const tail = followTail();
    try {
      // Requests pass all the time, so the first line says that it is connected.
      await until("tail prints an event", async () => {
        await home("production");
        return tail.output().includes('"outcome"');
      });
      await fm5.databases("stop");
      const cut = await untilHealth("production", 503);
      await post("production", "/api/auth/sign-in/email", PERSON);
      await until("tail shows the error of a sign-in without a database", () =>
        tail.output().includes("uncaught error"),
      );

      expect(cut.report.services.database).toBe("down");
      expect((await home("production")).status).toBe(200);
      expect(loggedErrors(tail.output()).find(({ message }) => message === "uncaught error")).toMatchObject({
        level: "error",
        release: fm5.rehearsed.first.release,
        environment: "production",
      });
    } finally {
      await fm5.databases("start");
      tail.stop();
    }
    expect((await untilHealth("production", 200)).report.services.database).toBe("ok");
  });
});

describe("the runbook", () => {
  test("looks first", async () => {
    expect(await follow("look")).toContain(fm5.rehearsed.first.release);
    expect(await follow("health")).toContain(fm5.rehearsed.first.release);
    expect(await follow("audit")).toContain("whole");
  });

  test("holds an environment, and lets it go", async () => {
    expect(await follow("hold")).toMatch(/held by .+: we look for a leak\.\nproduction takes deliveries\./u);
  });

  // Each environment's blocks in order; the environments, and a database of its own, beside each other.
  describe.concurrent("beside each other", () => {
    test("returns production's service: by delivery, and by plain wrangler when delivery is not there", async () => {
      const withoutDelivery = { DELIVERY_LEDGER_REMOTE: "/nowhere", DELIVERY_CONNECT_TO: "" };
      const { version: VERSION } = fm5.rehearsed.first;
      const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
        ["rollback", {}],
        ["wrangler-rollback", withoutDelivery],
        ["wrangler-rollback-by-id", { ...withoutDelivery, VERSION }],
      ];
      for (const [block, env] of ways) {
        await serveWrongRelease("production");
        await follow(block, "production", env);
        expect((await home("production")).body).not.toContain("NaN");
      }
      await follow("rollback-to");
    });

    test("looks into production's database, bucket and secrets, and sets domains again", async () => {
      const results = await Promise.all(
        ["database", "bucket", "secrets", "domains"].map((name) => follow(name)),
      );

      expect(results[0]).toContain("Database schema is up to date");
      expect(results[1]).toContain("fm5-production-files");
      expect(results[2]).toContain("BETTER_AUTH_SECRET");
      expect((await home("production")).status).toBe(200);
    });

    test("rolls staging back, and goes on there after a delivery that was cut off", async () => {
      await serveWrongRelease("staging");

      await follow("rollback-staging", "staging");

      expect((await home("staging")).body).not.toContain("NaN");
      expect(await follow("cut-off", "staging")).toContain(fm5.rehearsed.first.release);
    });

    test("adopts a database that already has tables", async () => {
      const legacy = await startXata({
        dataDir: temporaryFolder("legacy"),
        host: "127.0.0.1",
        port: 0,
        databases: ["legacy"],
        log: () => undefined,
      });
      const url = legacy.databases["legacy"]?.directUrl ?? "";
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(
        readFileSync(
          join(PROJECT, "prisma", "migrations", "20261122200000_accounts", "migration.sql"),
          "utf8",
        ),
      );
      await client.end();

      const adopted = await follow("baseline", "staging", { DIRECT_DATABASE_URL: url });
      await legacy.stop();

      expect(adopted).toContain("Database schema is up to date");
    });
  });

  // It looks at both environments, and at what it has just deleted, so nothing may go on beside it.
  test("goes on on a new machine", async () => {
    expect(await follow("recovery", "staging")).toContain(fm5.rehearsed.first.release);
  });

  test("has no block that was not executed", () => {
    executed.add("tail");

    expect(runbook.map(({ name }) => name).filter((name) => !executed.has(name))).toEqual([]);
  });
});

describe("the end", () => {
  test("finds the first release in both environments, no request failed, and nothing left behind", async () => {
    const report = await fm5.rehearsed.finish();

    expect(report.failures).toEqual([]);
    expect(report.environments.production).toMatchObject({
      release: fm5.rehearsed.first.release,
      digest: fm5.rehearsed.first.digest,
    });
    expect(report.requests.sent).toBeGreaterThan(1000);
  });
});

/** The runbook's tail, in a process of its own, since it goes on until it is stopped. */
function followTail(): { output(): string; stop(): void } {
  const script = runbook.find(({ name }) => name === "tail")?.script ?? "";
  const { world, source } = fm5.rehearsed.stage;
  const child = spawn("bash", ["-c", `exec ${script}`], {
    cwd: source.folder,
    env: { ...world.deliveryEnv("production"), CI: "true" },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { output: () => output, stop: () => process.kill(-(child.pid ?? 0), "SIGTERM") };
}

/** Lines of JSON that FM5 logged as errors, out of the events that tail printed, each over many lines. */
function loggedErrors(output: string): readonly Record<string, unknown>[] {
  const events = output.split(/\n(?=\{)/u).map(parsed) as readonly (TailEvent | undefined)[];
  const messages = events.flatMap((event) => event?.logs.flatMap(({ message }) => message) ?? []);
  const lines = messages.map(parsed) as readonly (Record<string, unknown> | undefined)[];
  return lines.filter((line) => line !== undefined && line["level"] === "error") as readonly Record<
    string,
    unknown
  >[];
}

interface TailEvent {
  readonly logs: readonly { readonly message: readonly string[] }[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function untilHealth(environment: "staging" | "production", status: number) {
  let last = await health(environment);
  await until(`${environment}'s health answers ${status}`, async () => {
    last = await health(environment);
    return last.status === status;
  });
  return last;
}

function post(environment: "staging" | "production", path: string, body: unknown): Promise<Answer> {
  const host = HOSTS[environment];
  const headers = { ...JSON_ONLY, "content-type": "application/json", origin: `http://${host}` };
  return fm5.visit({ host, path, method: "POST", headers, body: JSON.stringify(body) });
}

/** The secret in the link of the mail that the local cloud's inbox holds for an address. */
async function tokenMailedTo(address: string): Promise<string> {
  const { inboxUrl } = fm5.rehearsed.stage.world.ready;
  let token: string | undefined;
  await until(`a mail comes to ${address}`, async () => {
    const answer = await fetch(new URL(`/inbox.json?to=${encodeURIComponent(address)}`, inboxUrl));
    const [newest] = (await answer.json()) as readonly { readonly text: string }[];
    token = /#token=(?<token>\S+)/u.exec(newest?.text ?? "")?.groups?.["token"];
    return token !== undefined;
  });
  return token ?? "";
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`not within 20 s: ${what}`);
    await sleep(100);
  }
}
