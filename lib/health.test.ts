import { healthReportSchema } from "health-contract/report";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EnvReading } from "./env.ts";
import { checkServices, type HealthProbes, type HealthQuestion, statusOf, writeReport } from "./health.ts";

const NOW = new Date("2026-11-22T20:00:00.000Z");
const DEPLOYMENT = { release: "r-1", version: "v-1", environment: "staging" };
const COMPLETE: EnvReading = { usable: { APP_ENV: "staging" }, whole: null, problems: [] };

const WELL: HealthProbes = {
  database: () => Promise.resolve(null),
  storage: () => Promise.resolve(null),
  migrations: () => Promise.resolve(["1_first", "2_second"]),
  email: () => Promise.resolve("ok"),
};

const never = () => new Promise<never>(() => {});

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

function question(
  probes: Partial<HealthProbes>,
  onFailure: HealthQuestion["onFailure"] = () => {},
): HealthQuestion {
  return {
    probes: { ...WELL, ...probes },
    limitMs: 2000,
    expectedMigrations: ["1_first", "2_second"],
    now: () => new Date(),
    onFailure,
  };
}

async function reportOf(probes: Partial<HealthProbes>, reading = COMPLETE) {
  const asked = checkServices(question(probes));
  await vi.advanceTimersByTimeAsync(2000);
  return writeReport({ findings: await asked, reading, deployment: DEPLOYMENT, now: NOW });
}

test("a well Worker's report is healthy and of the contract's form", async () => {
  const report = await reportOf({});

  expect(healthReportSchema.parse(report)).toEqual(report);
  expect(report).toMatchObject({
    status: "healthy",
    schemaVersion: "2_second",
    release: "r-1",
    version: "v-1",
  });
  expect(report.services).toEqual({ database: "ok", storage: "ok", email: "ok", schema: "ok" });
  expect(statusOf(report)).toBe(200);
});

test.each(["database", "storage"] as const)(
  "a failing %s is down, and makes the Worker unhealthy",
  async (service) => {
    const report = await reportOf({ [service]: () => Promise.reject(new Error("secret address")) });

    expect(report.services[service]).toBe("down");
    expect(statusOf(report)).toBe(503);
    expect(JSON.stringify(report)).not.toContain("secret address");
  },
);

test("a probe that throws before it waits is down too", async () => {
  const report = await reportOf({
    storage: () => {
      throw new TypeError("no bucket");
    },
  });

  expect(report.services.storage).toBe("down");
});

test.each(["database", "storage", "migrations"] as const)(
  "%s without an answer is slow at the limit",
  async (probe) => {
    const asked = checkServices(question({ [probe]: never }));
    let done = false;
    void asked.then(() => (done = true));

    await vi.advanceTimersByTimeAsync(1999);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const findings = await asked;

    expect(findings.services[probe === "migrations" ? "schema" : probe]).toBe("slow");
    expect(findings.latenciesMs[probe === "migrations" ? "schema" : probe]).toBe(2000);
  },
);

test("several slow services together take no longer than one", async () => {
  const asked = checkServices(question({ database: never, storage: never, migrations: never, email: never }));

  await vi.advanceTimersByTimeAsync(2000);

  expect((await asked).services).toEqual({
    database: "slow",
    storage: "slow",
    email: "slow",
    schema: "slow",
  });
});

test("a database that lacks a migration of this build is behind", async () => {
  const report = await reportOf({ migrations: () => Promise.resolve(["1_first"]) });

  expect(report.services.schema).toBe("behind");
  expect(report.schemaVersion).toBe("1_first");
  expect(statusOf(report)).toBe(503);
});

test("a database that lacks an older migration is behind although it has the newest", async () => {
  const report = await reportOf({ migrations: () => Promise.resolve(["2_second"]) });

  expect(report.services.schema).toBe("behind");
});

test("a database that is ahead of this build is well: an older release goes on working", async () => {
  const report = await reportOf({ migrations: () => Promise.resolve(["1_first", "2_second", "3_third"]) });

  expect(report.services.schema).toBe("ok");
  expect(report.schemaVersion).toBe("3_third");
});

test.each(["down", "slow"] as const)(
  "e-mail that is %s degrades FM5 without making it unhealthy",
  async (state) => {
    const report = await reportOf({ email: () => Promise.resolve(state) });

    expect(report.services.email).toBe(state);
    expect(statusOf(report)).toBe(200);
  },
);

test("a missing setting makes the Worker unhealthy, and is absent in the report", async () => {
  const problems = [{ name: "JWT_SECRET", problem: "is missing" }] as const;
  const report = await reportOf({}, { ...COMPLETE, problems });

  expect(report.configuration).toMatchObject({ APP_ENV: "present", JWT_SECRET: "absent" });
  expect(statusOf(report)).toBe(503);
});

test("whoever asks is told why a service is down", async () => {
  const failures: unknown[] = [];
  const error = new Error("refused");

  await checkServices(
    question({ database: () => Promise.reject(error) }, (service, cause) => failures.push([service, cause])),
  );

  expect(failures).toEqual([["database", error]]);
});
