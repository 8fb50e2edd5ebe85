import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { LocalCloudError, systemErrorCode } from "./errors.ts";
import { writeDurably } from "./store/blobs.ts";
import { isAlive } from "./process/alive.ts";

/** What `up --json` prints when everything is ready, and other commands read from the data folder. */
export const readySchema = z.object({
  schema: z.literal(1),
  ready: z.literal(true),
  pid: z.number().int(),
  apiBaseUrl: z.url(),
  edgeUrl: z.url(),
  edgeTlsUrl: z.url(),
  /** The certificate of the authority behind `edgeTlsUrl`. */
  caFile: z.string(),
  accountId: z.string(),
  apiToken: z.string(),
  databases: z.record(z.string(), z.object({ url: z.string(), directUrl: z.string() })),
  /** The management API of the databases; the branch is the one that `databases` live in. */
  xata: z
    .object({
      apiBaseUrl: z.url(),
      apiKey: z.string(),
      organizationId: z.string(),
      projectId: z.string(),
      branchId: z.string(),
    })
    .optional(),
  inboxUrl: z.url(),
  dataDir: z.string(),
});
export type Ready = z.infer<typeof readySchema>;

const NAME = "ready.json";

export function writeReadyFile(ready: Ready): void {
  writeDurably(join(ready.dataDir, NAME), Buffer.from(`${JSON.stringify(ready)}\n`), 0o600);
}

export function removeReadyFile(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true });
}

/**
 * The local cloud that runs on a data folder.
 * @throws {LocalCloudError} NOT_RUNNING when none does.
 */
export function readReadyFile(dataDir: string): Ready {
  const ready = parse(dataDir);
  if (ready && isAlive(ready.pid)) return ready;
  throw new LocalCloudError({
    code: "NOT_RUNNING",
    message: `No local cloud runs on the data folder ${dataDir}.`,
    hint: "Start one in another terminal: npx local-cloud up (or name its folder with --data DIR).",
  });
}

function parse(dataDir: string): Ready | undefined {
  try {
    return readySchema.parse(JSON.parse(readFileSync(join(dataDir, NAME), "utf8")));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || error instanceof SyntaxError || error instanceof z.ZodError)
      return undefined;
    throw error;
  }
}
