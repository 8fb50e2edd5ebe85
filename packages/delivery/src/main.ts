import process from "node:process";
import { parseArgs } from "node:util";
import { deploy } from "./commands/deploy.ts";
import { history, presentHistory } from "./commands/history.ts";
import { promote } from "./commands/promote.ts";
import { buildRelease } from "./commands/release-build.ts";
import { rollback } from "./commands/rollback.ts";
import { presentStatus, status } from "./commands/status.ts";
import { tag } from "./commands/tag.ts";
import { nearest } from "./config/nearest.ts";
import { createContext, type Context } from "./context.ts";
import type { Delivered } from "./engine/rollout.ts";
import { DeliveryError } from "./errors.ts";

const HELP = `delivery: releases, gated rollouts and proven rollbacks for Cloudflare Workers.

Usage
  npx delivery release build            build the release of the checked-out commit: one archive, one manifest
  npx delivery deploy ENV               deliver it to an environment that needs no proof (staging)
  npx delivery promote ENV              deliver what the environment before has proven (production)
  npx delivery rollback ENV             return to the last release that ENV has proven
  npx delivery status [ENV]             what serves, against what was decided
  npx delivery history ENV              every decision, oldest first
  npx delivery tag ENV                  tag the commit of what ENV has proven last

Options
  --release ID                 deploy, promote: this release instead of the newest
  --allow-contract REASON      deploy, promote: apply a migration that takes something away
  --to ID                      rollback: to this proven release
  --with-old-secrets REASON    rollback: although secrets have changed since
  --force                      release build: build again
  --json                       one JSON document on standard output

Exit codes: 0 done · 1 defect · 2 usage or configuration · 3 gate failed, traffic back on stable · 4 stuck ·
            5 lease held · 6 drift · 7 paused
`;

const OPTIONS = {
  release: { type: "string" },
  "allow-contract": { type: "string" },
  to: { type: "string" },
  "with-old-secrets": { type: "string" },
  force: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const COMMANDS = ["release", "deploy", "promote", "rollback", "status", "history", "tag"];

interface Outcome {
  readonly value: unknown;
  readonly text: string;
  readonly exitCode: number;
}

type Values = ReturnType<typeof parse>["values"];

/** Runs one command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help === true || positionals.length === 0) {
      process.stdout.write(HELP);
      return values.help === true ? 0 : 2;
    }
    const { value, text, exitCode } = await run(positionals, values);
    process.stdout.write(values.json === true ? `${JSON.stringify(value)}\n` : text);
    return exitCode;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    process.stderr.write(`\ndelivery: ${error.message}\n  ${error.hint}\n`);
    return error.exitCode;
  }
}

async function run(positionals: readonly string[], values: Values): Promise<Outcome> {
  const [command = "", argument, ...rest] = positionals;
  if (!COMMANDS.includes(command)) throw unknownCommand(command);
  if (rest.length > 0) throw usage(`${command} takes one argument, but got more: ${rest.join(" ")}.`);
  const context = await createContext(process.cwd());
  const options = { release: values.release, allowContract: values["allow-contract"] };
  switch (command) {
    case "release":
      if (argument !== "build") throw usage("release knows one thing to do: npx delivery release build.");
      return built(context, values.force ?? false);
    case "deploy":
      return delivered(await deploy(context, named(command, argument), options));
    case "promote":
      return delivered(await promote(context, named(command, argument), options));
    case "rollback":
      return delivered(
        await rollback(context, named(command, argument), {
          to: values.to,
          withOldSecrets: values["with-old-secrets"],
        }),
      );
    case "history": {
      const entries = await history(context, named(command, argument));
      return { value: entries, text: presentHistory(entries), exitCode: 0 };
    }
    case "tag": {
      const tagged = await tag(context, named(command, argument));
      return { value: tagged, text: `${tagged.tag}\n`, exitCode: 0 };
    }
    default: {
      const all = Object.keys(context.settings.configuration.environments);
      const statuses = await status(context, argument === undefined ? all : [argument]);
      const drifted = statuses.some(({ drift }) => drift.length > 0);
      return { value: statuses, text: presentStatus(statuses), exitCode: drifted ? 6 : 0 };
    }
  }
}

async function built(context: Context, force: boolean): Promise<Outcome> {
  const { manifest } = await buildRelease(context, { force });
  return { value: manifest, text: `${manifest.releaseId}\n`, exitCode: 0 };
}

function delivered(value: Delivered): Outcome {
  const { environment, url, releaseId, versionId } = value;
  return {
    value,
    text: `${environment} serves ${releaseId} (version ${versionId.slice(0, 8)}) at ${url}\n`,
    exitCode: 0,
  };
}

function named(command: string, environment: string | undefined): string {
  if (environment === undefined) throw usage(`${command} needs the name of an environment.`);
  return environment;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function unknownCommand(command: string): DeliveryError {
  const meant = nearest(command, COMMANDS);
  return usage(`There is no command "${command}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`);
}

function usage(message: string): DeliveryError {
  return new DeliveryError({
    code: "USAGE",
    message,
    hint: "npx delivery --help lists the commands and options.",
  });
}
