import process from "node:process";
import { ending } from "./adapters/ending.ts";
import { findCommand, presentHelp } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { parse } from "./cli/options.ts";
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
  const undo = endBySignals(finish);
  try {
    const { values, positionals } = parse(args);
    if (values.help === true || positionals.length === 0) {
      process.stdout.write(presentHelp(COMMANDS));
      return values.help === true ? 0 : 2;
    }
    const found = findCommand(COMMANDS, positionals, values);
    const { value, text, exitCode } = await found.command.run({ root, context, args: found.args, values });
    await ending.mayBegin();
    await finish({ ok: exitCode === 0, sentence: text.trim() });
    process.stdout.write(values.json === true ? `${JSON.stringify(value)}\n` : text);
    return exitCode;
  } catch (error) {
    await ending.mayBegin();
    if (!(error instanceof DeliveryError)) throw error;
    await finish({ ok: false, sentence: error.message, next: error.hint });
    process.stderr.write(`\ndelivery: ${error.message}\n  ${error.hint}\n`);
    return error.exitCode;
  } finally {
    undo();
  }
}
