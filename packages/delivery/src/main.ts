import process from "node:process";
import { findCommand, presentHelp } from "./cli/command.ts";
import { COMMANDS } from "./cli/commands.ts";
import { parse } from "./cli/options.ts";
import { createContext } from "./context.ts";
import { DeliveryError } from "./errors.ts";

/** Runs one command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help === true || positionals.length === 0) {
      process.stdout.write(presentHelp(COMMANDS));
      return values.help === true ? 0 : 2;
    }
    const found = findCommand(COMMANDS, positionals, values);
    const root = process.cwd();
    const context = () => createContext(root);
    const { value, text, exitCode } = await found.command.run({ root, context, args: found.args, values });
    process.stdout.write(values.json === true ? `${JSON.stringify(value)}\n` : text);
    return exitCode;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    process.stderr.write(`\ndelivery: ${error.message}\n  ${error.hint}\n`);
    return error.exitCode;
  }
}
