/**
 * node scripts/commands-document.ts > docs/commands.md && npx prettier --write docs/commands.md
 * The reference of delivery's commands, made of what its help is made of.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "delivery/commands";
import { formatOption, OPTIONS } from "delivery/options";

/** Markdown, before it is formatted. */
export function commandsDocument(): string {
  return `# Commands

Written by \`node scripts/commands-document.ts\` from delivery's own tables: don't edit it. What each prints with \`--json\` is in [events.md](events.md), what the exit codes mean in [runbook.md](runbook.md), _Exit codes_.

Every command takes \`--json\`: ${OPTIONS.json.about}. \`ENV\` is the name of an environment, what stands in brackets may be left out, a \`REASON\` is recorded in the ledger.
${COMMANDS.map(section).join("")}`;
}

function section({ synopsis, about, options = [] }: (typeof COMMANDS)[number]): string {
  const [first = "", ...rest] = about;
  const listed = options.map((name) => `- ${described(name)}`).join("\n");
  return `
## ${synopsis.replaceAll(/ \[?[A-Z]+\]?/gu, "")}

\`npx delivery ${synopsis}\`

${first.toUpperCase()}${rest.join("")}.
${listed === "" ? "" : `\n${listed}\n`}`;
}

function described(name: keyof typeof OPTIONS): string {
  return `\`${formatOption(name)}\`: ${OPTIONS[name].about}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(commandsDocument());
