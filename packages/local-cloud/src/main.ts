import { isIP } from "node:net";
import process from "node:process";
import { parseArgs } from "node:util";
import { LocalCloudError } from "./errors.ts";
import { CLOUDFLARE_RATE_POLICY } from "./http/rate-limit.ts";
import { env } from "./commands/env.ts";
import { token } from "./commands/token.ts";
import { up } from "./commands/up.ts";

const HELP = `local-cloud: Cloudflare Workers, R2, Xata PostgreSQL and Resend on this machine, with no account.

Usage
  npx local-cloud up [options]     start it, and stay until Ctrl-C
  npx local-cloud env [options]    print shell exports for wrangler and the official SDKs
  npx local-cloud token [options]  print a new API token that may do less than the one of env

Options of up
  --port PORT            Cloudflare's API            (8700; 0: any free port)
  --edge-port PORT       requests to Workers         (8701)
  --database-port PORT   PostgreSQL and Xata's HTTP  (8702)
  --database NAME        a database to have; may be given more than once
  --data DIR             where everything is kept    (.local-cloud)
  --json                 one line of JSON when ready; logs go to stderr
  --host ADDRESS         where the API and the edge listen (127.0.0.1). Any other address opens them to whoever reaches it:
                         0.0.0.0 to the whole network. The databases stay on 127.0.0.1.
  --api-rate-limit N     API requests that a token may send per 5 minutes (1200, as Cloudflare's; 0: no limit)
  --until-stdin-ends     stop when standard input ends, as it does when the program that started this one is gone

Options of env
  --data DIR             the data folder of the one that runs

Options of token
  --scope KIND:ACCESS    what it may do, such as workers:read or r2:write; may be given more than once
  --data DIR             the data folder of the one that runs

Example
  npx local-cloud up &
  eval "$(npx local-cloud env)" && npx wrangler deploy

Exit codes: 0 done · 1 defect · 2 usage or configuration
`;

const OPTIONS = {
  port: { type: "string" },
  "edge-port": { type: "string" },
  "database-port": { type: "string" },
  database: { type: "string", multiple: true },
  data: { type: "string" },
  host: { type: "string" },
  "api-rate-limit": { type: "string" },
  scope: { type: "string", multiple: true },
  json: { type: "boolean" },
  "until-stdin-ends": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Runs one command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (!(error instanceof LocalCloudError)) throw error;
    process.stderr.write(`local-cloud: ${error.message}\n  ${error.hint}\n`);
    return 2;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === "help") {
    process.stdout.write(HELP);
    return command === undefined && !values.help ? 2 : 0;
  }
  if (rest.length > 0) throw usage(`${command} takes no argument, but got ${rest.join(" ")}.`);
  const dataDir = values.data ?? ".local-cloud";
  switch (command) {
    case "up":
      return up({
        dataDir,
        port: portOf(values.port, 8700, "--port"),
        edgePort: portOf(values["edge-port"], 8701, "--edge-port"),
        databasePort: portOf(values["database-port"], 8702, "--database-port"),
        databases: values.database ?? [],
        ...(values.host !== undefined && { host: addressOf(values.host) }),
        ...rateLimitOf(values["api-rate-limit"]),
        json: values.json ?? false,
        untilStdinEnds: values["until-stdin-ends"] ?? false,
      });
    case "env":
      return env({ dataDir });
    case "token":
      return token({ dataDir, scopes: values.scope ?? [] });
    default:
      throw usage(`There is no command ${command}.`);
  }
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function portOf(value: string | undefined, otherwise: number, flag: string): number {
  if (value === undefined) return otherwise;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw usage(`${flag} takes a port from 0 to 65535, not ${value}.`);
  return port;
}

/** A name could be looked up as another address than the one meant. */
function addressOf(value: string): string {
  if (isIP(value) === 0) throw usage(`--host takes an address such as 127.0.0.1 or 0.0.0.0, not ${value}.`);
  return value;
}

function rateLimitOf(value: string | undefined): { readonly apiRateLimit?: number } {
  const requests = value === undefined ? CLOUDFLARE_RATE_POLICY.requests : Number(value);
  if (!Number.isInteger(requests) || requests < 0)
    throw usage(`--api-rate-limit takes a number of requests from 0 on, not ${value}.`);
  return requests === 0 ? {} : { apiRateLimit: requests };
}

function usage(message: string): LocalCloudError {
  return new LocalCloudError({
    code: "USAGE",
    message,
    hint: "npx local-cloud --help lists the commands and options.",
  });
}
