import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";
import { disguise, endingWithParent, type Identity, type RunAs } from "./commands.ts";

/** What decides as whom PostgreSQL runs; read from the machine by `readCircumstances`. */
export interface Circumstances {
  readonly uid: number;
  readonly nobody: Identity;
  /** False in a user namespace that has no `nobody`, such as `unshare -r` makes. */
  readonly nobodyExists: boolean;
  /** The first file or folder on the way to the programs and the data that `nobody` can't pass. */
  readonly barredAt: string | undefined;
  readonly canDisguise: () => boolean;
}

const OTHERS_MAY_PASS = 0o001;
const USUAL_NOBODY = 65_534;

/**
 * As whom PostgreSQL is to run. No user is ever added to the machine.
 * @throws {LocalCloudError} DATA_FOLDER_UNUSABLE when this process is root and there is no way to be somebody else.
 */
export function chooseRunAs(circumstances: Circumstances): RunAs {
  const { uid, nobody: identity } = circumstances;
  if (uid !== 0) return { kind: "self" };
  if (circumstances.nobodyExists && circumstances.barredAt === undefined) return { kind: "nobody", identity };
  if (circumstances.canDisguise()) return { kind: "disguised", identity };
  throw new LocalCloudError({
    code: "DATA_FOLDER_UNUSABLE",
    message:
      circumstances.barredAt === undefined
        ? "PostgreSQL refuses to run as root, and this namespace has no other user."
        : `PostgreSQL refuses to run as root, and the user nobody can't pass ${circumstances.barredAt}.`,
    hint: "Run as an ordinary user, or keep the packages and the data (--data DIR) in folders that every user may pass (chmod o+x).",
  });
}

/** Reads what `chooseRunAs` needs. `paths` are the programs and folders that PostgreSQL must reach. */
export function readCircumstances(paths: readonly string[]): Circumstances {
  const nobody = findNobody(readText("/etc/passwd"));
  return {
    uid: process.getuid?.() ?? -1,
    nobody,
    nobodyExists: isMapped(readText("/proc/self/uid_map"), nobody.uid),
    barredAt: paths.flatMap(wayTo).find((path) => !othersMayPass(path)),
    canDisguise: () => spawnSync("unshare", [...disguise(nobody), "true"], { stdio: "ignore" }).status === 0,
  };
}

/** Whether this machine has a `setpriv` that can tie a process to the life of its parent: Linux with util-linux has. */
export function canEndWithParent(): boolean {
  const [program, args] = endingWithParent("true", []);
  return spawnSync(program, [...args], { stdio: "ignore" }).status === 0;
}

/** `nobody`'s ids in the text of a passwd file. */
export function findNobody(passwd: string | undefined): Identity {
  const fields = passwd
    ?.split("\n")
    .find((line) => line.startsWith("nobody:"))
    ?.split(":");
  return { uid: Number(fields?.[2] ?? USUAL_NOBODY), gid: Number(fields?.[3] ?? USUAL_NOBODY) };
}

/**
 * Whether `uid` exists in this user namespace. Without a map (not Linux) every id exists.
 * @see https://man7.org/linux/man-pages/man7/user_namespaces.7.html for the three columns of uid_map
 */
export function isMapped(uidMap: string | undefined, uid: number): boolean {
  if (uidMap === undefined) return true;
  return uidMap
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .some(([first = 0, , count = 0]) => uid >= first && uid < first + count);
}

function wayTo(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...wayTo(parent), path];
}

function othersMayPass(path: string): boolean {
  return (statSync(path).mode & OTHERS_MAY_PASS) !== 0;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
