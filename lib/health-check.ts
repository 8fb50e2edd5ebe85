import type { HealthReport } from "health-contract/report";
import { isMissingTable } from "./db.ts";
import { checkEmail } from "./email/check.ts";
import { EnvError, type SettingName } from "./env.ts";
import { checkServices, type HealthFindings, type HealthProbes, writeReport } from "./health.ts";
import { logError } from "./log.ts";
import { EXPECTED_MIGRATIONS, finishedMigrations } from "./migrations.ts";
import { requestContext, type RequestContext } from "./request-context.ts";
import { storageOf } from "./storage.ts";
import { xata } from "./xata.ts";

const LIMIT_MS = 2_000;
/** Anyone may ask for `/health`; findings this young are told again, so that asking often costs nobody much. */
const FINDINGS_LAST_MS = 1_000;

/**
 * While one request asks the services, others are told what was found before, up to this age. Otherwise a slow service
 * would be asked by every request that comes in the meantime, and be slower for it.
 */
const FINDINGS_LAST_WHILE_ASKED_MS = 5_000;
/** A request that asks takes no longer; one that was cancelled never says that it is done. */
const ASKING_LASTS_MS = LIMIT_MS + 500;

let last: HealthFindings | undefined;
let askedSince = 0;

/** How FM5 is, from services that were really asked, as a rule at most a second ago. Needs a request's context. */
export async function currentHealth(): Promise<HealthReport> {
  const { reading, deployment } = requestContext();
  const findings = tellable(last) ?? (await ask());
  return writeReport({ findings, reading, deployment, now: new Date() });
}

async function ask(): Promise<HealthFindings> {
  askedSince = Date.now();
  last = await findOut();
  askedSince = 0;
  return last;
}

async function findOut(): Promise<HealthFindings> {
  const context = requestContext();
  return checkServices({
    probes: probesOf(context),
    limitMs: LIMIT_MS,
    expectedMigrations: EXPECTED_MIGRATIONS,
    now: () => new Date(),
    onFailure: (service, error) => {
      // Names of missing settings are in the report already.
      if (!(error instanceof EnvError)) logError(`health: ${service} is down`, error, context);
    },
  });
}

function probesOf({ reading: { usable } }: RequestContext): HealthProbes {
  return {
    database: () => xata.db.users.getFirst().catch(acceptMissingTable),
    migrations: () => finishedMigrations(needed(usable.XATA_DATABASE_URL, "XATA_DATABASE_URL")),
    storage: () => storageOf(usable).head("health-check"),
    email: () =>
      checkEmail(needed(usable.RESEND_API_KEY, "RESEND_API_KEY"), {
        fetch: (url, init) => fetch(url, init),
        now: () => Date.now(),
        limitMs: LIMIT_MS - 200,
      }),
  };
}

/** A database without our tables has answered; that it lacks them is what `schema` tells. */
function acceptMissingTable(error: unknown): null {
  if (isMissingTable(error)) return null;
  throw error;
}

function needed<T>(value: T | undefined, name: SettingName): T {
  if (value === undefined) throw new EnvError([{ name, problem: "is missing" }]);
  return value;
}

function tellable(findings: HealthFindings | undefined): HealthFindings | undefined {
  const isAsked = Date.now() - askedSince < ASKING_LASTS_MS;
  const oldest = Date.now() - (isAsked ? FINDINGS_LAST_WHILE_ASKED_MS : FINDINGS_LAST_MS);
  return findings !== undefined && Date.parse(findings.checkedAt) > oldest ? findings : undefined;
}
