import { type HealthReport, type ServiceState } from "health-contract/report";
import type { Deployment } from "./deployment.ts";
import { type EnvReading, SETTINGS } from "./env.ts";

/** How each service is asked. A probe that throws means `down`. */
export interface HealthProbes {
  readonly database: () => Promise<unknown>;
  readonly storage: () => Promise<unknown>;
  /** Names of the migrations that the database has finished, oldest first. */
  readonly migrations: () => Promise<readonly string[]>;
  readonly email: () => Promise<ServiceState>;
}

export interface HealthQuestion {
  readonly probes: HealthProbes;
  readonly limitMs: number;
  readonly expectedMigrations: readonly string[];
  readonly now: () => Date;
  /** Told of each probe that threw. The report itself holds no message. */
  readonly onFailure: (service: string, error: unknown) => void;
}

/** What asking the services found, and when. */
export type HealthFindings = Pick<HealthReport, "checkedAt" | "services" | "latenciesMs" | "schemaVersion">;

type Outcome<T> =
  | { readonly kind: "answered"; readonly value: T; readonly latencyMs: number }
  | { readonly kind: "down" | "slow"; readonly latencyMs: number };

/** Asks all services at once; takes no longer than the limit. Never throws. */
export async function checkServices(question: HealthQuestion): Promise<HealthFindings> {
  const checkedAt = question.now().toISOString();
  const { probes } = question;
  const [database, storage, migrations, email] = await Promise.all([
    ask("database", probes.database, question),
    ask("storage", probes.storage, question),
    ask("schema", probes.migrations, question),
    ask("email", probes.email, question),
  ]);

  return {
    checkedAt,
    services: {
      database: stateOf(database),
      storage: stateOf(storage),
      email: email.kind === "answered" ? email.value : email.kind,
      schema: schemaState(migrations, question.expectedMigrations),
    },
    latenciesMs: {
      database: database.latencyMs,
      storage: storage.latencyMs,
      schema: migrations.latencyMs,
      email: email.latencyMs,
    },
    schemaVersion: migrations.kind === "answered" ? (migrations.value.at(-1) ?? null) : null,
  };
}

/** Pure. Email alone degrades FM5 without making it unhealthy: no page needs it to be answered. */
export function writeReport(options: {
  readonly findings: HealthFindings;
  readonly reading: EnvReading;
  readonly deployment: Deployment;
  readonly now: Date;
}): HealthReport {
  const { services } = options.findings;
  const running = [services.database, services.storage, services.schema].every((state) => state === "ok");
  return {
    schema: 1,
    status: running && options.reading.problems.length === 0 ? "healthy" : "unhealthy",
    timestamp: options.now.toISOString(),
    ...options.deployment,
    ...options.findings,
    configuration: configurationOf(options.reading),
  };
}

/** 503, not 500: a dependency that is down is told apart from code that throws. */
export function statusOf(report: HealthReport): 200 | 503 {
  return report.status === "healthy" ? 200 : 503;
}

/** Per name the Worker reads: whether it has a usable value. Never the value. */
function configurationOf({ usable }: EnvReading): HealthReport["configuration"] {
  return Object.fromEntries(
    SETTINGS.map(({ name }) => [name, usable[name] === undefined ? "absent" : "present"]),
  );
}

async function ask<T>(
  service: string,
  probe: () => Promise<T>,
  question: HealthQuestion,
): Promise<Outcome<T>> {
  const startedAt = question.now().getTime();
  const latencyMs = () => question.now().getTime() - startedAt;
  const limit = timeLimit(question.limitMs);
  try {
    const answer = await Promise.race([probe(), limit.passed]);
    return answer === TOO_LATE
      ? { kind: "slow", latencyMs: latencyMs() }
      : { kind: "answered", value: answer, latencyMs: latencyMs() };
  } catch (error) {
    question.onFailure(service, error);
    return { kind: "down", latencyMs: latencyMs() };
  } finally {
    limit.clear();
  }
}

const TOO_LATE = Symbol("too late");

function timeLimit(limitMs: number): {
  readonly passed: Promise<typeof TOO_LATE>;
  readonly clear: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<typeof TOO_LATE>();
  const timer = setTimeout(() => resolve(TOO_LATE), limitMs);
  return { passed: promise, clear: () => clearTimeout(timer) };
}

function stateOf(outcome: Outcome<unknown>): ServiceState {
  return outcome.kind === "answered" ? "ok" : outcome.kind;
}

function schemaState(outcome: Outcome<readonly string[]>, expected: readonly string[]): ServiceState {
  if (outcome.kind !== "answered") return outcome.kind;
  const finished = new Set(outcome.value);
  return expected.every((name) => finished.has(name)) ? "ok" : "behind";
}
