import { join } from "node:path";
import * as z from "zod";
import type { EnvironmentReport } from "./report.ts";
import type { Stage } from "./stage.ts";
import { run, runOrFail, type Finished } from "./run.ts";
import type { EnvironmentName } from "./world.ts";

const statusSchema = z.array(
  z.object({
    url: z.string(),
    serving: z.array(z.object({ versionId: z.string(), percentage: z.number(), releaseId: z.string() })),
    decided: z.object({ releaseId: z.string(), versionId: z.string(), archiveSha256: z.string() }).nullable(),
    drift: z.array(z.string()),
  }),
);

const deliveredSchema = z.object({ releaseId: z.string(), versionId: z.string() });

/** Runs the delivery command as a person would, in the rehearsal's copy of the project, and shows what it says. */
export function deliver(
  stage: Stage,
  environment: EnvironmentName,
  args: readonly string[],
): Promise<Finished> {
  const { source, world, narrator, options } = stage;
  narrator.say(`npx delivery ${args.join(" ")}`);
  return run({
    argv: [bin(stage), ...args, "--json"],
    cwd: source.folder,
    env: world.deliveryEnv(environment),
    onLine: (line) => narrator.quote(line),
    signal: options.signal,
  });
}

/** The release that a successful delivery brought. */
export function deliveredRelease(finished: Finished): string {
  return deliveredSchema.parse(JSON.parse(finished.stdout)).releaseId;
}

/** What an environment serves, in words when it isn't one release that delivery decided on. */
export async function readStatus(stage: Stage, environment: EnvironmentName): Promise<EnvironmentReport> {
  const { source, world } = stage;
  const { exitCode, stdout, stderr } = await run({
    argv: [bin(stage), "status", environment, "--json"],
    cwd: source.folder,
    env: world.deliveryEnv(environment),
  });
  const told = statusSchema.safeParse(JSON.parse(stdout));
  if (!told.success) throw new Error(`delivery status ${environment} ended with ${exitCode}: ${stderr}`);
  const [status] = told.data;
  const [only, ...others] = status?.serving ?? [];
  const whole = only !== undefined && others.length === 0 && status?.drift.length === 0;
  return {
    url: status?.url ?? "",
    release: whole
      ? only.releaseId
      : `not one decided release (${status?.drift.join("; ") ?? "nothing serves"})`,
    digest: status?.decided?.archiveSha256 ?? "",
    version: only?.versionId ?? "",
  };
}

/** The id of the release of what is checked out in a folder, built unless it was before. */
export async function buildRelease(stage: Stage, folder: string): Promise<string> {
  const { world, options } = stage;
  const { stdout } = await runOrFail({
    argv: [bin(stage), "release", "build"],
    cwd: folder,
    env: world.machineEnv,
    signal: options.signal,
  });
  return stdout.trim();
}

function bin({ options }: Stage): string {
  return join(options.project, "node_modules", ".bin", "delivery");
}
