import { begin } from "../begin.ts";
import type { Settings } from "../config/load.ts";
import { DeliveryError } from "../errors.ts";
import { entrySchema, type LedgerEntry } from "../ledger/entry.ts";
import type { ChainLink } from "../ledger/audit.ts";
import type { LedgerStore } from "../ports.ts";
import { openChainCache, type ChainCache, type Link } from "./chain-cache.ts";
import { openGit, plainGit, type Git, type OpenedGit } from "./git.ts";
import { writeEntry, type GitObjects } from "./git-objects.ts";

/** The ref that an environment's history is kept under. */
function ledgerRef(environment: string): string {
  return `refs/delivery/${environment}`;
}

/** The ledger as a chain of commits on a git remote, one entry a commit. No ref of the project's clone changes. */
export function createGitLedger(settings: Settings): LedgerStore {
  let opened: Promise<OpenedLedger> | undefined;
  const open = () => (opened ??= openLedger(settings));
  const { remote } = settings.configuration.ledger;
  return {
    read: async (environment) => {
      const ref = ledgerRef(environment);
      const asked = begin(remoteHead(plainGit(settings), remote, ref));
      // Where there is no repository, that is what is to be said.
      const { git, cache } = await open();
      const known = cache.read(environment);
      const head = await asked;
      if (head === undefined) return { head, entries: [] };
      if (head === known.head) return { head, entries: known.entries };
      const { follows, links } = await linksUpTo(git, { remote, ref, head, known: known.head });
      cache.add(environment, follows ? known.head : undefined, links);
      return { head, entries: [...(follows ? known.entries : []), ...links.map(({ entry }) => entry)] };
    },
    append: async (environment, after, entries) => {
      const { git, objects, cache } = await open();
      const links = writeLinks(objects, after, entries);
      const head = links.at(-1)?.commit;
      if (head === undefined) throw new Error("a chain of no entries can't be written");
      if ((await push(git, { remote, ref: ledgerRef(environment), after, head })) !== head)
        return { outcome: "moved" };
      cache.add(environment, after, links);
      return { outcome: "appended", head };
    },
  };
}

type OpenedLedger = OpenedGit & { readonly cache: ChainCache };

async function openLedger(settings: Settings): Promise<OpenedLedger> {
  const opened = await openGit(settings);
  return { ...opened, cache: openChainCache(settings.cacheDir, opened.objects.format) };
}

interface Push {
  readonly remote: string;
  readonly ref: string;
  /** What the remote has to have under the ref. */
  readonly after: string | undefined;
  readonly head: string;
}

/**
 * Pushes the head if nobody was quicker, and says what the remote has then.
 * @throws {DeliveryError} LEDGER_UNAVAILABLE when the remote can be read, but takes no push
 */
async function push(git: Git, { remote, ref, after, head }: Push): Promise<string | undefined> {
  // The lease makes the push a compare-and-swap; its outcome is read from the remote, never from git's words.
  const args = ["push", "--quiet", `--force-with-lease=${ref}:${after ?? ""}`, remote, `${head}:${ref}`];
  let pushed = await git(args);
  let now = await remoteHead(git, remote, ref);
  if (now === after && now !== undefined) {
    // git pushes nothing onto a commit that was cleared away here.
    await fetchChain(git, { remote, ref, head });
    pushed = await git(args);
    now = await remoteHead(git, remote, ref);
  }
  if (now === after) throw unavailable(`The ledger can't be pushed to ${redacted(remote)}`, pushed.stderr);
  return now;
}

function writeLinks(
  objects: GitObjects,
  after: string | undefined,
  entries: readonly LedgerEntry[],
): readonly Link[] {
  let parent = after;
  return entries.map((entry) => {
    const written = writeEntry(objects, parent, entry);
    parent = written.commit;
    return { ...written, entry };
  });
}

/** Every commit of an environment's ledger with its parents, oldest first, whether or not it holds an entry. */
export async function readGitChain(settings: Settings, environment: string): Promise<readonly ChainLink[]> {
  const { git } = await openGit(settings);
  const { remote } = settings.configuration.ledger;
  const ref = ledgerRef(environment);
  const head = await remoteHead(git, remote, ref);
  return head === undefined ? [] : readCommits(git, { remote, ref, head });
}

/** The commit that the remote has under the ref. */
async function remoteHead(git: Git, remote: string, ref: string): Promise<string | undefined> {
  const listed = await git(["ls-remote", "--quiet", remote, ref]);
  if (listed.exitCode !== 0)
    throw unavailable(`The git remote ${redacted(remote)} can't be read`, listed.stderr);
  // git lists every ref that ends so.
  const line = listed.stdout.split("\n").find((each) => each.endsWith(`\t${ref}`));
  return line?.split("\t")[0];
}

interface Wanted {
  readonly remote: string;
  readonly ref: string;
  readonly head: string;
  /** A commit that needn't be read, nor what is before it. */
  readonly known?: string | undefined;
}

/** The entries up to a commit: those after the known one where the chain goes on from it, otherwise all. */
async function linksUpTo(
  git: Git,
  wanted: Wanted,
): Promise<{ readonly follows: boolean; readonly links: readonly Link[] }> {
  const { known } = wanted;
  // A rewritten ledger doesn't go on from what was known, and its objects may have been cleared away.
  const newer = known === undefined ? [] : await readCommits(git, wanted).catch(() => []);
  const follows = newer.length > 0 && newer.every(isNextOf(known, newer));
  const commits = follows ? newer : await readCommits(git, { ...wanted, known: undefined });
  return { follows, links: commits.map((link) => ({ ...link, entry: readable(link.entry) })) };
}

/** Tells of each commit whether the one before it, or `known` for the first, is its only parent. */
function isNextOf(known: string | undefined, commits: readonly ChainLink[]) {
  return ({ parents }: ChainLink, index: number): boolean =>
    parents.length === 1 && parents[0] === (index === 0 ? known : commits[index - 1]?.commit);
}

type ReadCommit = ChainLink & Pick<Link, "texts">;

/** Commits after the known one, oldest first. What isn't here yet is fetched. */
async function readCommits(git: Git, wanted: Wanted): Promise<readonly ReadCommit[]> {
  const { head, known } = wanted;
  const range = known === undefined ? [head] : [`^${known}`, head];
  const list = () => git(["rev-list", "--reverse", "--topo-order", "--parents", ...range]);
  let listed = await list();
  if (listed.exitCode !== 0) {
    await fetchChain(git, wanted);
    listed = await list();
  }
  if (listed.exitCode !== 0) throw unavailable("The ledger can't be read", listed.stderr);
  const lines = listed.stdout.split("\n").filter((line) => line !== "");
  const commits = lines.map((line) => line.split(" "));
  const names = commits.flatMap(([commit = ""]) => [commit, `${commit}:entry.json`]);
  const bodies = await readBatch(git, names);
  return commits.map(([commit = "", ...parents], index) => {
    const texts = { commit: bodies[2 * index] ?? "", entry: bodies[2 * index + 1] ?? "" };
    return { commit, parents, texts, entry: entrySchema.safeParse(parsed(texts.entry)).data };
  });
}

/** No ref of the clone names the ledger, so git has to be told what is here: otherwise it gets the whole chain each time. */
async function fetchChain(git: Git, { remote, ref, known }: Wanted): Promise<void> {
  const here = known === undefined ? [] : [`--negotiation-tip=${known}`];
  const fetched = await git(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", ...here, remote, ref]);
  if (fetched.exitCode !== 0)
    throw unavailable(`The ledger can't be fetched from ${redacted(remote)}`, fetched.stderr);
}

function readable(entry: LedgerEntry | undefined): LedgerEntry {
  if (entry !== undefined) return entry;
  throw new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: "The ledger has an entry that can't be read.",
    hint: "Was it written by a newer delivery, or by hand? npx delivery audit ENV says which one.",
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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

function redacted(remote: string): string {
  return remote.replace(/\/\/[^@/]+@/u, "//");
}

function unavailable(message: string, detail: string): DeliveryError {
  return new DeliveryError({
    code: "LEDGER_UNAVAILABLE",
    message: `${message}: ${reasonOf(detail)}`,
    hint: "Is the remote reachable from here, and may this user push to it?",
    retryable: true,
  });
}

/** The remote's own words or git's, without the advice that comes after them. */
function reasonOf(detail: string): string {
  const lines = detail.trim().split("\n");
  const told = ["remote: ", "fatal: ", "error: "].flatMap(
    (prefix) =>
      lines.find((line) => line.startsWith(prefix) && line.trim() !== prefix.trim())?.slice(prefix.length) ??
      [],
  );
  return (told[0] ?? lines[0] ?? "").trim();
}
