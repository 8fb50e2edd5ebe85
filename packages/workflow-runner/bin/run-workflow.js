#!/usr/bin/env node
import module from "node:module";
import process from "node:process";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `run-workflow: Node ${process.versions.node} can't run this, it takes 22.18 or newer.\n` +
      "  Start it through npm, which finds the Node that the project brings: npx run-workflow --help\n",
  );
  process.exit(2);
}
// Compiling the source anew is most of a start.
module.enableCompileCache();
const { main } = await import("../src/main.ts");
process.exitCode = await main(process.argv.slice(2));
