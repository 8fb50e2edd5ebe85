import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { runOrFail } from "./run.ts";

/** The project as it stands, in a repository of its own: what a rehearsal changes and commits is never in the clone. */
export interface Source {
  readonly folder: string;
  /** The commit of the project as it stands. */
  readonly commit: string;
  /** Puts the project's state plus a patch into a commit, and checks it out. The same patch gives the same commit. */
  checkoutPatched(patchFile: string): Promise<string>;
  checkoutOriginal(): Promise<void>;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: "rehearsal",
  GIT_AUTHOR_EMAIL: "rehearsal@localhost",
  GIT_COMMITTER_NAME: "rehearsal",
  GIT_COMMITTER_EMAIL: "rehearsal@localhost",
};

export class NotARepository extends Error {
  override readonly name = "NotARepository";
}

/**
 * Copies the project's last commit into `folder`, and what was changed since then as one more commit.
 * @throws {NotARepository} where the project has no commit to begin with
 */
export async function snapshotSource(
  project: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Source> {
  const git = (cwd: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
    runOrFail({ argv: ["git", ...args], cwd, env: { ...env, ...extra } }).then(({ stdout }) => stdout);
  if (!existsSync(join(project, ".git"))) throw new NotARepository(project);
  await git(project, ["clone", "--quiet", "--shared", "--no-tags", project, folder]);
  await git(folder, ["checkout", "--quiet", "-B", "main"]);
  const base = Number(await git(folder, ["log", "-1", "--format=%ct"]));
  await bringChanges(project, folder, git);
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  const commitAll = async (message: string, offsetSeconds: number) => {
    await git(folder, ["add", "--all"]);
    const date = `${base + offsetSeconds} +0000`;
    const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    await git(folder, ["commit", "--quiet", "--allow-empty", "--no-verify", "-m", message], {
      ...IDENTITY,
      ...dates,
    });
  };
  if ((await git(folder, ["status", "--porcelain"])).trim() !== "")
    await commitAll("the project as it stands, uncommitted changes included", 1);
  const head = () => git(folder, ["rev-parse", "HEAD"]).then((text) => text.trim());
  const commit = await head();
  let patches = 0;
  return {
    folder,
    commit,
    checkoutPatched: async (patchFile) => {
      patches += 1;
      await git(folder, ["checkout", "--quiet", "--force", "--detach", commit]);
      await git(folder, ["apply", "--whitespace=nowarn", patchFile]);
      await commitAll(`rehearsal: ${patchFile.split("/").at(-1)}`, 60 * patches);
      return head();
    },
    checkoutOriginal: async () => {
      await git(folder, ["checkout", "--quiet", "--force", "main"]);
    },
  };
}

async function bringChanges(
  project: string,
  folder: string,
  git: (cwd: string, args: readonly string[]) => Promise<string>,
): Promise<void> {
  const listed = await git(project, [
    "ls-files",
    "-z",
    "--modified",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  ]);
  const staged = await git(project, ["diff", "--cached", "--name-only", "-z", "HEAD"]);
  for (const path of new Set(`${listed}${staged}`.split("\0"))) {
    if (path === "") continue;
    const from = join(project, path);
    const to = join(folder, path);
    if (!existsSync(from)) await git(folder, ["rm", "--quiet", "--force", "--ignore-unmatch", path]);
    else {
      mkdirSync(dirname(to), { recursive: true });
      cpSync(from, to);
    }
  }
}
