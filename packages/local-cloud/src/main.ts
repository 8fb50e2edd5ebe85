import { isIP } from "node:net";
import process from "node:process";
import { parseArgs } from "node:util";
import { LocalCloudError } from "./errors.ts";
import { CLOUDFLARE_RATE_POLICY } from "./http/rate-limit.ts";
import { OPTIONS } from "./options.ts";
import { COMMANDS } from "./help/commands.ts";
import { commandPage, overview } from "./help/present.ts";
import { env } from "./commands/env.ts";
import { token } from "./commands/token.ts";
import type { MetricsSettings } from "./services/analytics/backend.ts";

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
    process.stdout.write(helpOn(command === "help" ? rest[0] : command));
    return command === undefined && !values.help ? 2 : 0;
  }
  if (rest.length > 0 && !COMMANDS[command]?.takesArguments)
    throw usage(`${command} takes no argument, but got ${rest.join(" ")}.`);
  refuseForeignOptions(command, Object.keys(values));
  const dataDir = values.data ?? ".local-cloud";
  switch (command) {
    case "up":
      return (await import("./commands/up.ts")).up({
        dataDir,
        port: portOf(values.port, 8700, "--port"),
        edgePort: portOf(values["edge-port"], 8701, "--edge-port"),
        edgeTlsPort: portOf(
          values["edge-tls-port"],
          values["edge-port"] === "0" ? 0 : 8703,
          "--edge-tls-port",
        ),
        databasePort: portOf(values["database-port"], 8702, "--database-port"),
        databases: values.database ?? [],
        ...(values.host !== undefined && { host: addressOf(values.host) }),
        ...rateLimitOf(values["api-rate-limit"]),
        ...resendRateLimitOf(values["resend-rate-limit"]),
        propagationDelayMs: millisecondsOf(values["propagation-delay"], "--propagation-delay"),
        metrics: metricsOf(values["metrics-delay"], values["metrics-sampling"]),
        json: values.json ?? false,
        plain: values.plain ?? false,
        untilStdinEnds: values["until-stdin-ends"] ?? false,
      });
    case "env":
      return env({ dataDir });
    case "fault":
      return (await import("./commands/fault.ts")).fault(rest, { ...values, dataDir });
    case "export":
      return (await import("./commands/archive.ts")).exportCommand(rest, { dataDir });
    case "import":
      return (await import("./commands/archive.ts")).importCommand(rest, { dataDir });
    case "reset":
      return (await import("./commands/archive.ts")).reset({ dataDir });
    case "log":
      return (await import("./commands/log.ts")).log({ ...values, dataDir });
    case "coverage":
      return (await import("./commands/coverage.ts")).coverage();
    case "token":
      return token({ dataDir, scopes: values.scope ?? [] });
    default:
      throw unknownCommand(command);
  }
}

function helpOn(name: string | undefined): string {
  const columns = process.stdout.columns ?? 100;
  const command = name === undefined ? undefined : COMMANDS[name];
  if (name !== undefined && command === undefined) throw unknownCommand(name);
  return name === undefined || command === undefined
    ? overview(columns)
    : commandPage(name, command, columns);
}

/** An option of another command would do nothing, so it is refused. */
function refuseForeignOptions(command: string, given: readonly string[]): void {
  const help = COMMANDS[command];
  if (help === undefined) throw unknownCommand(command);
  const own = help.options.map(({ flag }) => flag.split(" ")[0]);
  const foreign = given.find((name) => !own.includes(`--${name}`));
  if (foreign !== undefined) throw usage(`${command} takes no option --${foreign}.`, `${command} --help`);
}

function unknownCommand(name: string): LocalCloudError {
  return usage(`There is no command ${name}.`);
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

function millisecondsOf(value: string | undefined, flag: string): number {
  const milliseconds = Number(value ?? 0);
  if (!Number.isInteger(milliseconds) || milliseconds < 0)
    throw usage(`${flag} takes a number of milliseconds from 0 on, not ${value}.`);
  return milliseconds;
}

/** @see https://resend.com/docs/api-reference/rate-limit */
const RESEND_REQUESTS_PER_SECOND = 2;

function resendRateLimitOf(value: string | undefined): { readonly resendRateLimit?: number } {
  const requests = value === undefined ? RESEND_REQUESTS_PER_SECOND : Number(value);
  if (!Number.isInteger(requests) || requests < 0)
    throw usage(`--resend-rate-limit takes a number of requests from 0 on, not ${value}.`);
  return requests === 0 ? {} : { resendRateLimit: requests };
}

function metricsOf(delay: string | undefined, sampling: string | undefined): MetricsSettings {
  const delayMs = millisecondsOf(delay, "--metrics-delay");
  const samplingRate = Number(sampling ?? 1);
  if (!(samplingRate > 0 && samplingRate <= 1))
    throw usage(`--metrics-sampling takes a share above 0 and up to 1, not ${sampling}.`);
  return { delayMs, samplingRate };
}

function usage(message: string, page = "--help"): LocalCloudError {
  return new LocalCloudError({
    code: "USAGE",
    message,
    hint: `npx local-cloud ${page} lists the commands and options.`,
  });
}
