import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** Where the shop is put. */
export interface Target {
  /** The database's name on its server. */
  readonly name: string;
  readonly dsn: string;
  /** The bucket for its files; without one, files are known of but can't be downloaded. */
  readonly bucket: Bucket | undefined;
}

interface Bucket {
  readonly name: string;
  readonly apiBaseUrl: string;
  readonly accountId: string;
  readonly apiToken: string;
}

/** Says in a sentence why there is nothing to write to, and what to do. */
export class NoTarget extends Error {
  override readonly name = "NoTarget";
}

interface Wish {
  /** A database's name, said by whoever knows what they are doing. */
  readonly into: string | undefined;
  /** The folder of a local cloud. */
  readonly data: string | undefined;
  /** DIRECT_DATABASE_URL */
  readonly dsn: string | undefined;
  readonly project: string;
}

const readySchema = z.object({
  pid: z.number(),
  apiBaseUrl: z.string(),
  accountId: z.string(),
  apiToken: z.string(),
  databases: z.record(z.string(), z.object({ url: z.string(), directUrl: z.string() })),
});
type Ready = z.infer<typeof readySchema>;

/** Where `npm start`, `npm run dev` and `npx local-cloud up` keep their data. */
const CLOUDS = [".local-cloud/start", ".local-cloud/dev", ".local-cloud"];
const THIS_MACHINE = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The database that is meant: by its DSN, or one of the local cloud that runs.
 * @throws {NoTarget} there is none, or it isn't one for trying things out and wasn't named
 */
export function chooseTarget(wish: Wish): Target {
  const target =
    wish.dsn === undefined ? inCloud(wish) : { name: nameIn(wish.dsn), dsn: wish.dsn, bucket: undefined };
  if (wish.into !== undefined && wish.into !== target.name)
    throw new NoTarget(`The database is ${target.name}, not ${wish.into}. Nothing was written.`);
  if (wish.into === undefined && !isForTrying(target))
    throw new NoTarget(
      `${target.name} on ${hostIn(target.dsn)} isn’t a database for trying things out. Nothing was written. If a made-up shop shall go there all the same, say so: --into ${target.name}`,
    );
  return target;
}

function inCloud({ into, data, project }: Wish): Target {
  const folders = data === undefined ? CLOUDS.map((folder) => join(project, folder)) : [data];
  const ready = folders.map(readReady).find((found) => found !== undefined);
  if (ready === undefined)
    throw new NoTarget(
      "No local cloud runs. Start one (npm start or npm run dev), name its folder (--data DIR), or set DIRECT_DATABASE_URL.",
    );
  const names = Object.keys(ready.databases);
  const name = into ?? names.find((known) => !looksLikeProduction(known));
  const database = name === undefined ? undefined : ready.databases[name];
  if (name === undefined || database === undefined)
    throw new NoTarget(`The local cloud has no such database. It has: ${names.join(", ") || "none"}.`);
  const { apiBaseUrl, accountId, apiToken } = ready;
  return {
    name,
    dsn: database.directUrl,
    bucket: { name: `${name}-files`, apiBaseUrl, accountId, apiToken },
  };
}

function readReady(folder: string): Ready | undefined {
  try {
    const ready = readySchema.parse(JSON.parse(readFileSync(join(folder, "ready.json"), "utf8")));
    // Signal 0 asks whether the process is there.
    process.kill(ready.pid, 0);
    return ready;
  } catch {
    return undefined;
  }
}

function isForTrying({ name, dsn }: Target): boolean {
  return THIS_MACHINE.includes(hostIn(dsn)) && !looksLikeProduction(name);
}

function looksLikeProduction(name: string): boolean {
  return /prod|live/iu.test(name);
}

function hostIn(dsn: string): string {
  return URL.parse(dsn)?.hostname ?? "";
}

function nameIn(dsn: string): string {
  const url = URL.parse(dsn);
  if (url === null || !/^postgres(?:ql)?:$/u.test(url.protocol))
    throw new NoTarget(
      "DIRECT_DATABASE_URL must be a DSN of the form postgresql://user:password@host/database.",
    );
  return decodeURIComponent(url.pathname.slice(1));
}
