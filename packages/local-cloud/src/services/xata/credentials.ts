import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";

const credentialsSchema = z.object({
  schema: z.literal(1),
  superuserPassword: z.string().min(1),
  /** Per database, the password of the role that has its name. */
  passwords: z.record(z.string(), z.string().min(1)),
});
export type Credentials = Readonly<z.infer<typeof credentialsSchema>>;

const OWNER_ONLY = 0o600;

/**
 * The passwords of the cluster and of each database, made once and the same after each restart; kept in a file that only its
 * owner can read.
 * @throws {LocalCloudError} STATE_UNREADABLE for a damaged file; it is left as it is.
 */
export async function keepCredentials(dataDir: string, databases: readonly string[]): Promise<Credentials> {
  const known = await readCredentials(fileIn(dataDir));
  const complete = completeCredentials(known, databases, randomPassword);
  if (complete !== known) await saveCredentials(dataDir, complete);
  return complete;
}

/** Puts them in the place of those that were kept so far. */
export async function saveCredentials(dataDir: string, credentials: Credentials): Promise<void> {
  await writeDurably(fileIn(dataDir), `${JSON.stringify(credentials, null, 2)}\n`);
}

function fileIn(dataDir: string): string {
  return join(dataDir, "credentials.json");
}

/** `known` with a password for each database; `known` itself when it has them all. */
export function completeCredentials(
  known: Credentials | undefined,
  databases: readonly string[],
  newPassword: () => string,
): Credentials {
  const missing = databases.filter((name) => known?.passwords[name] === undefined);
  if (known !== undefined && missing.length === 0) return known;
  return {
    schema: 1,
    superuserPassword: known?.superuserPassword ?? newPassword(),
    passwords: { ...known?.passwords, ...Object.fromEntries(missing.map((name) => [name, newPassword()])) },
  };
}

async function readCredentials(file: string): Promise<Credentials | undefined> {
  try {
    return credentialsSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return undefined;
    if (systemErrorCode(cause) !== undefined) throw cause;
    throw new LocalCloudError({
      code: "STATE_UNREADABLE",
      message: `The database passwords in ${file} can't be read.`,
      hint: `Nothing was changed. Put a copy of the file back, or move ${dirname(file)} away to begin with empty databases.`,
      cause,
    });
  }
}

/** The file is either the old or the new one, whenever the process or the machine stops. */
async function writeDurably(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  const handle = await open(partial, "w", OWNER_ONLY);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
}

/** Passes a URL as it is. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
