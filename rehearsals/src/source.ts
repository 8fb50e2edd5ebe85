import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runOrFail } from "./run.ts";

/** The project as it stands, in a repository of its own: what a rehearsal changes and commits is never in the clone. */
export interface Source {
  readonly folder: string;
  /** The commit of the project as it stands. */
  readonly commit: string;
  /**
   * A clone whose one more commit has the patch applied. Its date is that of the project's commit, `order` minutes later: the same
   * patch of the same project gives the same commit.
   */
  patched(patchFile: string, order: number): Promise<string>;
}

/** The folder isn't a git repository, so there is no commit to make a release of. */
export class NotARepository extends Error {
  override readonly name = "NotARepository";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Copies the project's last commit into `folder`, and what was changed since then as one more commit.
 * @throws {NotARepository}
 */
export async function snapshotSource(project: string, folder: string, env: Environment): Promise<Source> {
  if (!existsSync(join(project, ".git"))) throw new NotARepository(project);
  await cloneInto(folder, { from: project, project, env });
  await bringChanges(project, folder, env);
  const date = Number(await git(folder, ["log", "-1", "--format=%ct"], env));
  if ((await git(folder, ["status", "--porcelain"], env)) !== "") {
    await commitAll(folder, {
      message: "the project as it stands, uncommitted changes included",
      date: date + 1,
      env,
    });
  }
  return {
    folder,
    commit: await git(folder, ["rev-parse", "HEAD"], env),
    patched: async (patchFile, order) => {
      const clone = `${folder}-${order}`;
      await cloneInto(clone, { from: folder, project, env });
      await git(clone, ["apply", "--whitespace=nowarn", patchFile], env);
      await commitAll(clone, { message: `rehearsal: ${basename(patchFile)}`, date: date + 60 * order, env });
      return clone;
    },
  };
}

async function cloneInto(
  folder: string,
  { from, project, env }: { readonly from: string; readonly project: string; readonly env: Environment },
): Promise<void> {
  await git(from, ["clone", "--quiet", "--shared", "--no-tags", from, folder], env);
  await git(folder, ["checkout", "--quiet", "-B", "main"], env);
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
}

async function commitAll(
  folder: string,
  { message, date, env }: { readonly message: string; readonly date: number; readonly env: Environment },
): Promise<void> {
  await git(folder, ["add", "--all"], env);
  await git(folder, ["commit", "--quiet", "--no-verify", "--message", message], {
    ...env,
    GIT_AUTHOR_NAME: "rehearsal",
    GIT_AUTHOR_EMAIL: "rehearsal@localhost",
    GIT_AUTHOR_DATE: `${date} +0000`,
    GIT_COMMITTER_NAME: "rehearsal",
    GIT_COMMITTER_EMAIL: "rehearsal@localhost",
    GIT_COMMITTER_DATE: `${date} +0000`,
  });
}

/** Files that are changed, new or deleted, staged or not, as they are in the working tree. */
async function bringChanges(project: string, folder: string, env: Environment): Promise<void> {
  const unstaged = ["ls-files", "-z", "--modified", "--others", "--exclude-standard", "--deduplicate"];
  const staged = ["diff", "--cached", "--name-only", "-z", "HEAD"];
  const listed = await Promise.all([git(project, unstaged, env), git(project, staged, env)]);
  for (const path of new Set(listed.flatMap((list) => list.split("\0")))) {
    if (path === "") continue;
    const to = join(folder, path);
    if (existsSync(join(project, path))) {
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(project, path), to);
    } else await git(folder, ["rm", "--quiet", "--force", "--ignore-unmatch", path], env);
  }
}

async function git(cwd: string, args: readonly string[], env: Environment): Promise<string> {
  const { stdout } = await runOrFail({ argv: ["git", ...args], cwd, env });
  return stdout.trim();
}
