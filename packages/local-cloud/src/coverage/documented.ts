import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routeTables } from "../assembly.ts";
import type { Documented } from "../http/routes.ts";
import { OTHER_SERVERS } from "./other-servers.ts";

/** Every route of the local cloud, from the tables that it serves by, and what has no such table. */
export async function documented(): Promise<readonly Documented[]> {
  const folder = mkdtempSync(join(tmpdir(), "local-cloud-coverage-"));
  try {
    return [...(await routeTables(folder)), ...OTHER_SERVERS];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
