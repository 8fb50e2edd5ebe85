import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import type { GitObjects } from "./git-objects.ts";
import { run } from "./run.ts";

export interface CommitInfo {
  readonly commit: string;
  readonly committedAt: Date;
  /** Tracked files differ from the commit, or files are there that git neither tracks nor ignores. */
  readonly dirty: boolean;
}

/** @throws {DeliveryError} NO_REPOSITORY */
export async function readCommit(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommitInfo> {
  const git = gitIn(root, env);
  const [shown, status] = await Promise.all([
    git(["log", "-1", "--format=%H %ct"]),
    git(["status", "--porcelain"]),
  ]);
  if (shown.exitCode !== 0) throw noRepository(root);
  const [commit = "", seconds = ""] = shown.stdout.trim().split(" ");
  return { commit, committedAt: new Date(Number(seconds) * 1000), dirty: status.stdout.trim() !== "" };
}

export type Git = ReturnType<typeof gitIn>;

/** git in the project's clone, and where its new objects are. */
export interface OpenedGit {
  readonly git: Git;
  readonly objects: GitObjects;
}

/**
 * git in the project's clone, with its remotes and credentials, but with new objects in the cache folder: the clone itself
 * is only read.
 * @throws {DeliveryError} NO_REPOSITORY
 */
export async function openGit({ root, cacheDir, inherited }: Settings): Promise<OpenedGit> {
  const found = await gitIn(root, inherited)(["rev-parse", "--show-object-format", "--git-path", "objects"]);
  if (found.exitCode !== 0) throw noRepository(root);
  const [format = "", own = ""] = found.stdout.trim().split("\n");
  const folder = join(cacheDir, "objects");
  mkdirSync(folder, { recursive: true });
  const git = gitIn(root, {
    ...inherited,
    GIT_OBJECT_DIRECTORY: folder,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: resolve(root, own),
  });
  return { git, objects: { folder, format: format === "sha256" ? "sha256" : "sha1" } };
}

/** git in the project's clone, for what concerns no object of ours. */
export function plainGit({ root, inherited }: Settings): Git {
  return gitIn(root, inherited);
}

/** One commit in a changelog. */
export interface Change {
  readonly commit: string;
  readonly subject: string;
  readonly committedAt: string;
}

/**
 * Commits that `until` has and `since` hasn't, newest first.
 * @throws {DeliveryError} NO_REPOSITORY when the clone hasn't one of them
 */
export async function changesBetween(
  { root, inherited }: Settings,
  since: string,
  until: string,
): Promise<readonly Change[]> {
  const git = gitIn(root, inherited);
  const format = "--format=%H%x1f%cI%x1f%s";
  const listed = await git(["log", format, "--no-show-signature", `${since}..${until}`, "--"]);
  if (listed.exitCode !== 0) {
    throw new DeliveryError({
      code: "NO_REPOSITORY",
      message: `This clone hasn't both commits, ${since.slice(0, 7)} and ${until.slice(0, 7)}.`,
      hint: "Fetch them: git fetch --unshallow, or git fetch --all",
    });
  }
  const lines = listed.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [commit = "", committedAt = "", subject = ""] = line.split("\u001F");
    return { commit, committedAt, subject };
  });
}

/** A remote that doesn't answer may not hold up a rollback. */
const TIMEOUT_MS = 20_000;

/** git in a folder: neither prompts nor the user's hooks and pagers get in the way. */
function gitIn(cwd: string, env: Readonly<Record<string, string | undefined>>) {
  return (
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) =>
    run({
      argv: ["git", ...args],
      cwd,
      timeoutMs: TIMEOUT_MS,
      atEnd: "finishes",
      env: { ...env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C", ...options.env },
      ...(options.input !== undefined && { input: options.input }),
    });
}

function noRepository(root: string): DeliveryError {
  return new DeliveryError({
    code: "NO_REPOSITORY",
    message: `${root} is no git repository with a commit, so a release has nothing to be named after.`,
    hint: "Clone the project with git, or make a repository of it: git init && git add -A && git commit -m first",
  });
}
