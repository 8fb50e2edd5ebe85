import { COMMANDS, type CommandHelp, type OptionHelp } from "./commands.ts";

const EXIT_CODES: Readonly<Record<number, string>> = {
  0: "done",
  1: "defect",
  2: "usage or configuration",
};

const MIN_COLUMNS = 40;
const MAX_COLUMNS = 100;

/** The page that lists the commands. */
export function overview(columns: number): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) =>
    hanging(`  ${name.padEnd(width)}`, summary, columns),
  );
  return page([
    wrapped(
      "local-cloud: Cloudflare Workers, R2, Xata PostgreSQL and Resend on this machine, with no account.",
      columns,
    ),
    `Usage: npx local-cloud COMMAND [options]\n\nCommands\n${rows.join("\n")}`,
    `Example\n  npx local-cloud up &\n  eval "$(npx local-cloud env)" && npx wrangler deploy`,
    "npx local-cloud COMMAND --help says more of one.",
    exitCodes({}),
  ]);
}

/** The page of one command. */
export function commandPage(name: string, command: CommandHelp, columns: number): string {
  const { summary, usage, about, options, examples } = command;
  const shown = examples.map((example) => `${hanging("  # ", example.text, columns)}\n  ${example.command}`);
  return page([
    wrapped(`local-cloud ${name}: ${summary}`, columns),
    `Usage: ${usage}`,
    ...about.map((paragraph) => wrapped(paragraph, columns)),
    ...(options.length === 0 ? [] : [`Options\n${optionRows(options, columns)}`]),
    `Examples\n${shown.join("\n")}`,
    exitCodes(command.exitCodes ?? {}),
  ]);
}

function optionRows(options: readonly OptionHelp[], columns: number): string {
  const width = Math.max(...options.map(({ flag }) => flag.length)) + 4;
  const isNarrow = columns < width + MIN_COLUMNS;
  return options
    .map((option) => {
      const text = option.default === undefined ? option.text : `${option.text} Default: ${option.default}.`;
      if (isNarrow) return `  ${option.flag}\n${hanging("      ", text, columns)}`;
      return hanging(`  ${option.flag}`.padEnd(width), text, columns);
    })
    .join("\n");
}

function exitCodes(more: Readonly<Record<number, string>>): string {
  const codes = Object.entries({ ...EXIT_CODES, ...more }).map(([code, text]) => `${code} ${text}`);
  return `Exit codes: ${codes.join(" · ")}`;
}

function page(sections: readonly string[]): string {
  return `${sections.join("\n\n")}\n`;
}

/** `text` after `start`, its further lines indented as far as it. */
function hanging(start: string, text: string, columns: number): string {
  const lines = linesOf(text, limited(columns) - start.length);
  return `${start}${lines.join(`\n${" ".repeat(start.length)}`)}`;
}

function wrapped(text: string, columns: number): string {
  return linesOf(text, limited(columns)).join("\n");
}

function limited(columns: number): number {
  return Math.min(Math.max(columns, MIN_COLUMNS), MAX_COLUMNS);
}

function linesOf(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
