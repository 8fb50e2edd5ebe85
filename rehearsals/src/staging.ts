import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOrFail } from "./run.ts";
import { snapshotSource } from "./source.ts";
import { createWorld, type World } from "./world.ts";

/** FM5 in staging of a local cloud of its own. */
export interface Staging {
  /** Where a browser on this machine finds it. */
  readonly origin: string;
  readonly world: World;
  readonly stop: () => Promise<void>;
}

/** Builds the project as it stands and delivers it to staging, as a push would. */
export async function deliverToStaging(project: string, dataDir: string): Promise<Staging> {
  const folder = mkdtempSync(join(tmpdir(), "staging-"));
  const world = await createWorld({ project, dataDir, ports: [0, 0, 0] });
  const stop = async () => {
    try {
      await world.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    const source = await snapshotSource(project, join(folder, "source"), world.machineEnv);
    const argv = [join(project, "node_modules", ".bin", "delivery"), "deploy", "staging"];
    await runOrFail({ argv, cwd: source.folder, env: world.deliveryEnv("staging") });
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: `http://fm5-staging.localhost:${new URL(world.ready.edgeUrl).port}`, world, stop };
}
