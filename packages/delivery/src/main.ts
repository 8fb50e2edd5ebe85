import { readFileSync } from "node:fs";
import process from "node:process";
import { ending } from "./adapters/ending.ts";
import { commandNamed, findCommand, presentCommandHelp, presentHelp } from "./cli/command.ts";
import { defect, presentFailure, type Failure } from "./cli/failure.ts";
import { COMMANDS } from "./cli/commands.ts";
import { parse, type OptionValues } from "./cli/options.ts";
import type { createContext } from "./context.ts";
import { endBySignals } from "./end-by-signals.ts";
import { DeliveryError } from "./errors.ts";
import type { End } from "./report/summary.ts";

/** Loaded by commands that need it. */
async function openContext(root: string): ReturnType<typeof createContext> {
  const { createContext } = await import("./context.ts");
  return createContext(root);
}

/** Runs one command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const root = process.cwd();
  let opened: ReturnType<typeof createContext> | undefined;
  const context = () => (opened ??= openContext(root));
  const finish = async (end: End) => {
    const { reporter } = (await opened?.catch(() => undefined)) ?? {};
    await reporter?.finish(end);
  };
  // Options that can't be read may have it too.
  const tell = args.includes("--json")
    ? (failure: Failure) => void process.stdout.write(`${JSON.stringify(presentFailure(failure))}\n`)
    : () => undefined;
  const undo = endBySignals(async (end, { signal, exitCode }) => {
    tell({ code: signal, message: end.sentence, hint: end.next ?? "", retryable: true, exitCode });
    await finish(end);
  });
  try {
    const { values, positionals } = parse(args);
    const shown = informationFor(positionals, values);
    if (shown !== undefined) {
      process.stdout.write(shown);
      return 0;
    }
    if (positionals.length === 0) {
      process.stderr.write(presentHelp(COMMANDS));
      return 2;
    }
    const found = findCommand(COMMANDS, positionals, values);
    const { value, text, exitCode } = await found.command.run({ root, context, args: found.args, values });
    await ending.mayBegin();
    await finish({ ok: exitCode === 0, sentence: text.trim() });
    process.stdout.write(values.json === true ? `${JSON.stringify(value)}\n` : text);
    return exitCode;
  } catch (error) {
    await ending.mayBegin();
    if (!(error instanceof DeliveryError)) {
      tell(defect(error));
      throw error;
    }
    await finish({ ok: false, sentence: error.message, next: error.hint });
    tell(error);
    process.stderr.write(`\ndelivery: ${error.message}\n  ${error.hint}\n`);
    return error.exitCode;
  } finally {
    undo();
  }
}

/** What `--version` and `--help` print; undefined without them. @throws {DeliveryError} USAGE for help on an unknown command */
function informationFor(positionals: readonly string[], { help, version }: OptionValues): string | undefined {
  if (version === true) return `${ownVersion()}\n`;
  if (help !== true) return undefined;
  return positionals.length === 0
    ? presentHelp(COMMANDS)
    : presentCommandHelp(commandNamed(COMMANDS, positionals));
}

function ownVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
