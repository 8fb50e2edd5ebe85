import { parseArgs } from "node:util";
import { DeliveryError } from "../errors.ts";

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** What its value is called in the help. */
  readonly value?: string;
  readonly about: string;
}

/** Every option of every command. Which command takes which is said at the command. */
export const OPTIONS = {
  release: {
    type: "string",
    value: "ID",
    about: "instead of the checked-out commit's (deploy) or what is proven (promote)",
  },
  "allow-contract": {
    type: "string",
    value: "REASON",
    about: "apply a migration that takes something away",
  },
  "during-freeze": { type: "string", value: "REASON", about: "although the environment is frozen now" },
  older: { type: "string", value: "REASON", about: "a release that is older than what serves" },
  "break-glass": {
    type: "string",
    value: "REASON",
    about: "a hotfix that is neither proven nor approved; shown until it is",
  },
  "roll-forward": { type: "string", value: "REASON", about: "take a paused rollout back for this one" },
  to: { type: "string", value: "ID", about: "to this proven release" },
  "with-old-secrets": { type: "string", value: "REASON", about: "although secrets have changed since" },
  yes: { type: "boolean", about: "without asking" },
  force: { type: "boolean", about: "build again" },
  json: { type: "boolean", about: "one JSON document on standard output, of a failure too" },
  help: { type: "boolean", short: "h", about: "this text, or a command's" },
  version: { type: "boolean", about: "delivery's own" },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

/** The values that were given, by the options' names. */
export type OptionValues = ReturnType<typeof parse>["values"];

/** @throws {DeliveryError} USAGE */
export function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

/** As it is written on the command line, such as `--to ID`. */
export function formatOption(name: OptionName): string {
  const { value }: Option = OPTIONS[name];
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

export function usage(message: string): DeliveryError {
  return new DeliveryError({
    code: "USAGE",
    message,
    hint: "npx delivery --help lists the commands and options.",
  });
}
