/**
 * Smoke test of a delivered environment: npm run smoke -- ENV [RELEASE]
 * Asks for what a visitor asks for first, over the environment's own address, and says which version answered.
 */
import process from "node:process";
import { probeHttp } from "delivery";
import { RELEASE_HEADER, VERSION_HEADER } from "health-contract";
import { healthReportSchema } from "health-contract/report";
import delivery from "../delivery.config.ts";

type Answer = Extract<Awaited<ReturnType<typeof probeHttp>>, { kind: "answer" }>;

const [environment = "", release] = process.argv.slice(2);
const configured = delivery.environments[environment];
if (configured === undefined) {
  console.error(
    `smoke: there is no environment "${environment}". Use one of: ${Object.keys(delivery.environments).join(", ")}`,
  );
  process.exit(2);
}
const base = configured.url;
const failures = await smoke();
for (const failure of failures) console.error(`smoke: ${environment}: ${failure}`);
process.exit(failures.length === 0 ? 0 : 3);

async function smoke(): Promise<readonly string[]> {
  const [home, health, missing, session] = await Promise.all(
    ["/", "/health", "/no-such-page", "/api/auth/get-session"].map(get),
  );
  const report = healthReportSchema.safeParse(parsed(health?.body ?? ""));
  const version = home?.headers[VERSION_HEADER];
  console.log(
    `smoke: ${environment} ${base} answers with version ${String(version)}, release ${String(home?.headers[RELEASE_HEADER])}`,
  );
  return [
    ...expect(home?.status === 200, `/ answered ${home?.status}`),
    ...expect(home?.body.includes("FM5") === true, "/ does not say FM5"),
    ...expect(
      report.data?.status === "healthy",
      `/health answered ${health?.status}: ${health?.body.slice(0, 200)}`,
    ),
    ...expect(report.data?.environment === environment, `/health runs as ${report.data?.environment}`),
    ...expect(missing?.status === 404, `a page that doesn't exist answered ${missing?.status}`),
    ...expect(session?.status === 200, `the session endpoint answered ${session?.status}`),
    ...expect(
      release === undefined || home?.headers[RELEASE_HEADER] === release,
      `release ${release} was expected`,
    ),
    ...expect(
      new Set([home, health, missing, session].map((answer) => answer?.headers[VERSION_HEADER])).size === 1,
      "more than one version answered",
    ),
  ];
}

function expect(holds: boolean, otherwise: string): readonly string[] {
  return holds ? [] : [otherwise];
}

/** One GET with the Host of the environment, connected to where DELIVERY_CONNECT_TO says. */
async function get(path: string): Promise<Answer | undefined> {
  const connectTo = process.env["DELIVERY_CONNECT_TO"] || undefined;
  const answer = await probeHttp(
    {
      url: new URL(path, base).href,
      connectTo,
      headers: { accept: path.startsWith("/api/") || path === "/health" ? "application/json" : "text/html" },
    },
    10_000,
  );
  if (answer.kind === "answer") return answer;
  console.error(`smoke: ${path}: ${answer.reason}`);
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
