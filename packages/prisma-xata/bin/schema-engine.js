#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  const { main } = await import("../src/schema-engine/main.ts");
  const exitCode = await main(process.argv.slice(2));
  // The engine leaves a timer of a minute now and then, which nobody waits for.
  process.stdout.write("", () => process.exit(exitCode));
} else {
  process.exitCode = runWithNewerNode();
}

/** Prisma starts this file with whatever `node` it finds first; the project brings one that is new enough. */
function runWithNewerNode() {
  const newer = newerNode(dirname(fileURLToPath(import.meta.url)));
  if (newer === undefined || newer === process.execPath) {
    const message = `The schema engine takes Node 22.18 or newer, not ${process.versions.node}: start Prisma with npx.`;
    process.stderr.write(`${JSON.stringify({ level: "ERROR", fields: { message } })}\n`);
    return 1;
  }
  return spawnSync(newer, process.argv.slice(1), { stdio: "inherit" }).status ?? 1;
}

function newerNode(folder) {
  const candidate = join(folder, "node_modules", ".bin", "node");
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : newerNode(dirname(folder));
}
