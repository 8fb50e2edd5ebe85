import { nearest } from "../config/nearest.ts";
import type { Context } from "../context.ts";
import { formatOption, OPTIONS, usage, type OptionName, type OptionValues } from "./options.ts";

/** What a command ends with: a value for programs, a text for people, an exit code. */
export interface Outcome {
  readonly value: unknown;
  readonly text: string;
  readonly exitCode: number;
}

/** One command of the program. */
export interface Command {
  /** Its words, then its arguments in capitals; `[ENV]` may be left out. */
  readonly synopsis: string;
  readonly about: string;
  /** Those that it takes beside `--json` and `--help`. */
  readonly options?: readonly OptionName[];
  run(request: CommandRequest): Promise<Outcome>;
}

export interface CommandRequest {
  /** The project's folder. */
  readonly root: string;
  /** Loads the configuration; commands that set a project up go without. */
  readonly context: () => Promise<Context>;
  /** As many as the synopsis has; one that was left out is undefined. */
  readonly args: readonly (string | undefined)[];
  readonly values: OptionValues;
}

const EVERYWHERE: readonly OptionName[] = ["json", "help", "version"];

/**
 * The command that was asked for, with its arguments.
 * @throws {DeliveryError} USAGE for an unknown command, a missing or needless argument, an option that it doesn't take
 */
export function findCommand(
  commands: readonly Command[],
  positionals: readonly string[],
  values: OptionValues,
): { readonly command: Command; readonly args: readonly (string | undefined)[] } {
  const command = commandNamed(commands, positionals);
  const name = words(command.synopsis).join(" ");
  const wanted = command.synopsis.split(" ").slice(words(command.synopsis).length);
  const given = positionals.slice(words(command.synopsis).length);
  const missing = wanted.find((each, index) => !each.startsWith("[") && given[index] === undefined);
  if (missing === "ENV") throw usage(`${name} needs the name of an environment.`);
  if (missing !== undefined) throw usage(`${name} needs ${missing}: npx delivery ${command.synopsis}`);
  if (given.length > wanted.length)
    throw usage(`${name} takes no more than this: npx delivery ${command.synopsis}`);
  const needless = (Object.keys(values) as OptionName[]).find(
    (option) => ![...EVERYWHERE, ...(command.options ?? [])].includes(option),
  );
  if (needless !== undefined) throw usage(`${name} doesn't take --${needless}.`);
  return { command, args: wanted.map((_, index) => given[index]) };
}

/** @throws {DeliveryError} USAGE for an unknown command */
export function commandNamed(commands: readonly Command[], positionals: readonly string[]): Command {
  const command = commands.findLast(({ synopsis }) =>
    words(synopsis).every((word, index) => positionals[index] === word),
  );
  if (command === undefined) throw unknownCommand(commands, positionals);
  return command;
}

/** What `--help` prints beside a command. */
export function presentCommandHelp({ synopsis, about, options = [] }: Command): string {
  const lines = [...options, ...EVERYWHERE].map(
    (name) => `  ${formatOption(name).padEnd(27)} ${OPTIONS[name].about}`,
  );
  return `npx delivery ${synopsis}

  ${about}

Options
${lines.join("\n")}
`;
}

/** What `--help` prints. */
export function presentHelp(commands: readonly Command[]): string {
  const usages = commands.map(({ synopsis, about }) => `  npx delivery ${synopsis.padEnd(24)} ${about}`);
  const options = (Object.keys(OPTIONS) as OptionName[]).map((name) => {
    const of = commands.filter((command) => command.options?.includes(name)).map(nameOf);
    return `  ${formatOption(name).padEnd(27)} ${of.length > 0 ? `${of.join(", ")}: ` : ""}${OPTIONS[name].about}`;
  });
  return `delivery: releases, gated rollouts and proven rollbacks for Cloudflare Workers.

Usage
${usages.join("\n")}

Options
${options.join("\n")}

Exit codes: 0 done · 1 defect · 2 refused, or something it needs is down: nothing changed unless it says so ·
            3 stopped: what served before serves (after a rollback: what you wanted to leave) · 4 stuck: look now ·
            5 held by a delivery, a lock or a freeze · 6 drift, or the ledger was changed · 7 paused: decide ·
            128 + signal
`;
}

function nameOf({ synopsis }: Command): string {
  return words(synopsis).join(" ");
}

/** The part of a synopsis that is typed as it stands. */
function words(synopsis: string): readonly string[] {
  return synopsis.split(" ").filter((word) => /^[a-z]/u.test(word));
}

function unknownCommand(commands: readonly Command[], positionals: readonly string[]) {
  const [first = ""] = positionals;
  const own = commands.map(nameOf);
  const inside = own.filter((name) => name.startsWith(`${first} `));
  if (inside.length > 0)
    return usage(`${first} knows: ${inside.map((name) => `npx delivery ${name}`).join(", ")}.`);
  const meant = nearest(first, own);
  return usage(`There is no command "${first}".${meant === undefined ? "" : ` Did you mean "${meant}"?`}`);
}
