import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import { entrySchema, type LedgerEntry } from "../ledger/entry.ts";
import type { ChainLink } from "../ledger/audit.ts";
import type { LedgerHead, LedgerStore } from "../ports.ts";
import { openGit, type Git } from "./git.ts";

/** The ref that an environment's history is kept under. */
function ledgerRef(environment: string): string {
  return `refs/delivery/${environment}`;
}

/** Nobody's name: who acted is in the entry. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "delivery",
  GIT_AUTHOR_EMAIL: "delivery@localhost",
  GIT_COMMITTER_NAME: "delivery",
  GIT_COMMITTER_EMAIL: "delivery@localhost",
};

/** The ledger as a chain of commits on a git remote, one entry a commit. No ref of the project's clone changes. */
export function createGitLedger(settings: Settings): LedgerStore {
  let opened: Promise<Git> | undefined;
  const open = () => (opened ??= openGit(settings));
  const { remote } = settings.configuration.ledger;
  return {
    read: async (environment) => {
      const git = await open();
      return readChain(git, await fetchHead(git, remote, ledgerRef(environment)));
    },
    append: async (environment, after, entries) => {
      const git = await open();
      const ref = ledgerRef(environment);
      const head = await writeChain(git, after, entries);
      // The lease makes the push a compare-and-swap; its outcome is read from the remote, never from git's words.
      await git(["push", "--quiet", `--force-with-lease=${ref}:${after ?? ""}`, remote, `${head}:${ref}`]);
      const now = await fetchHead(git, remote, ref);
      return now === head ? { outcome: "appended", head } : { outcome: "moved" };
    },
  };
}

/** Every commit of an environment's ledger with its parents, oldest first, whether or not it holds an entry. */
export async function readGitChain(settings: Settings, environment: string): Promise<readonly ChainLink[]> {
  const git = await openGit(settings);
  const head = await fetchHead(git, settings.configuration.ledger.remote, ledgerRef(environment));
  if (head === undefined) return [];
  const listed = await git(["rev-list", "--reverse", "--topo-order", "--parents", head]);
  const commits = listed.stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const bodies = await readBatch(
    git,
    commits.map(([commit = ""]) => `${commit}:entry.json`),
  );
  return commits.map(([commit = "", ...parents], index) => {
    const entry = entrySchema.safeParse(parsed(bodies[index])).data;
    return { commit, parents, entry };
  });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** The commit that the remote has under the ref, with everything before it fetched. */
async function fetchHead(git: Git, remote: string, ref: string): Promise<string | undefined> {
  const listed = await git(["ls-remote", "--quiet", remote, ref]);
  if (listed.exitCode !== 0)
    throw unavailable(`The git remote ${redacted(remote)} can't be read`, listed.stderr);
  const head = listed.stdout.split(/\s/u)[0];
  if (head === undefined || head === "") return undefined;
  const present = await git(["cat-file", "-e", `${head}^{commit}`]);
  if (present.exitCode === 0) return head;
  const fetched = await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", remote, ref]);
  if (fetched.exitCode !== 0)
    throw unavailable(`The ledger can't be fetched from ${redacted(remote)}`, fetched.stderr);
  return head;
}

async function readChain(git: Git, head: string | undefined): Promise<LedgerHead> {
  if (head === undefined) return { head, entries: [] };
  const listed = await git(["rev-list", "--reverse", head]);
  const names = listed.stdout
    .trim()
    .split("\n")
    .map((commit) => `${commit}:entry.json`);
  const bodies = await readBatch(git, names);
  return { head, entries: bodies.map((text) => readEntry(text)) };
}

function readEntry(text: string | undefined): LedgerEntry {
  const entry = entrySchema.safeParse(parsed(text));
  if (entry.success) return entry.data;
  throw new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: "The ledger has an entry that can't be read.",
    hint: "Was it written by a newer delivery, or by hand? npx delivery audit ENV says which one.",
    cause: entry.error,
  });
}

/** Contents of objects; undefined for one that isn't there. */
async function readBatch(git: Git, names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const read = await git(["cat-file", "--batch=%(objectsize)"], { input: `${names.join("\n")}\n` });
  return parseBatch(read.stdout);
}

/** Each object comes as a line with its size in bytes, its bytes, and a line break; a missing one as a line in words. */
function parseBatch(text: string): readonly (string | undefined)[] {
  const bytes = Buffer.from(text, "utf8");
  const bodies: (string | undefined)[] = [];
  for (let offset = 0; offset < bytes.byteLength;) {
    const lineEnd = bytes.indexOf("\n", offset);
    const size = Number(bytes.toString("utf8", offset, lineEnd));
    const missing = Number.isNaN(size);
    bodies.push(missing ? undefined : bytes.toString("utf8", lineEnd + 1, lineEnd + 1 + size));
    offset = missing ? lineEnd + 1 : lineEnd + 1 + size + 1;
  }
  return bodies;
}

async function writeChain(
  git: Git,
  after: string | undefined,
  entries: readonly LedgerEntry[],
): Promise<string> {
  let parent = after;
  for (const entry of entries) {
    const blob = await output(git, ["hash-object", "-w", "--stdin"], {
      input: `${JSON.stringify(entry, null, 2)}\n`,
    });
    const tree = await output(git, ["mktree"], { input: `100644 blob ${blob}\tentry.json\n` });
    const dates = { GIT_AUTHOR_DATE: entry.at, GIT_COMMITTER_DATE: entry.at };
    const parents = parent === undefined ? [] : ["-p", parent];
    const message = `${entry.environment} ${entry.seq}: ${entry.type} ${entry.releaseId ?? ""}`.trim();
    parent = await output(git, ["commit-tree", tree, ...parents, "-m", message], {
      env: { ...IDENTITY, ...dates },
    });
  }
  if (parent === undefined) throw new Error("a chain of no entries can't be written");
  return parent;
}

async function output(git: Git, args: readonly string[], options: Parameters<Git>[1]): Promise<string> {
  const result = await git(args, options);
  if (result.exitCode !== 0) throw unavailable(`git ${args[0]} failed`, result.stderr);
  return result.stdout.trim();
}

function redacted(remote: string): string {
  return remote.replace(/\/\/[^@/]+@/u, "//");
}

function unavailable(message: string, detail: string): DeliveryError {
  return new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: `${message}: ${detail.trim().split("\n").at(-1) ?? ""}`,
    hint: "Is the remote reachable from here, and may this user push to it?",
    retryable: true,
  });
}
