import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { entrySchema, type LedgerEntry } from "../ledger/entry.ts";
import { idsOf, type EntryTexts, type GitObjects } from "./git-objects.ts";

/** An entry, the commit that holds it, and what both are in git. */
export interface Link {
  readonly commit: string;
  readonly entry: LedgerEntry;
  readonly texts: EntryTexts;
}

/** The part of a ledger that this machine has read before: a commit's id vouches for everything before it. */
interface CachedChain {
  readonly head: string | undefined;
  readonly entries: readonly LedgerEntry[];
}

/**
 * One file per environment, one line per entry: the texts of its commit and of itself, whose ids are computed again whenever
 * they are read. So a line can't be other than what git has; what is missing or damaged is read from git again.
 */
export interface ChainCache {
  read(environment: string): CachedChain;
  /** Adds `links` after `after`; without it they are the whole chain. Nothing is added where another read was quicker. */
  add(environment: string, after: string | undefined, links: readonly Link[]): void;
}

interface Loaded extends CachedChain {
  readonly text: string;
  /** The file holds this text and nothing else. */
  readonly saved: boolean;
}

const EMPTY: Loaded = { head: undefined, entries: [], text: "", saved: false };

export function openChainCache(cacheDir: string, format: GitObjects["format"]): ChainCache {
  const fileOf = (environment: string) => join(cacheDir, "ledger", environment);
  const loaded = new Map<string, Loaded>();
  const read = (environment: string) => {
    const chain = loaded.get(environment) ?? load(fileOf(environment), format);
    loaded.set(environment, chain);
    return chain;
  };
  return {
    read,
    add: (environment, after, links) => {
      const known = read(environment);
      if (after !== undefined && after !== known.head) return;
      const from = after === undefined ? EMPTY : known;
      const text = links.map(({ texts }) => `${JSON.stringify([texts.commit, texts.entry])}\n`).join("");
      const saved = save(fileOf(environment), from, text);
      const entries = [...from.entries, ...links.map(({ entry }) => entry)];
      const head = links.at(-1)?.commit ?? from.head;
      loaded.set(environment, { head, entries, text: from.text + text, saved });
    },
  };
}

/** As many lines as follow from one another; two processes that wrote at once leave some that don't. */
function load(file: string, format: GitObjects["format"]): Loaded {
  const written = readIfThere(file);
  const entries: LedgerEntry[] = [];
  let [head, end]: [string | undefined, number] = [undefined, 0];
  for (let next = written.indexOf("\n"); next !== -1; next = written.indexOf("\n", end)) {
    const link = readLink(written.slice(end, next), { format, parent: head });
    if (link === undefined) break;
    entries.push(link.entry);
    [head, end] = [link.commit, next + 1];
  }
  return { head, entries, text: written.slice(0, end), saved: end === written.length };
}

/** Undefined for a line that isn't a commit right after `parent` with an entry that can be read. */
function readLink(
  line: string,
  { format, parent }: { readonly format: GitObjects["format"]; readonly parent: string | undefined },
): Pick<Link, "commit" | "entry"> | undefined {
  try {
    const [commit, entry] = JSON.parse(line) as readonly [string, string];
    const ids = idsOf(format, { commit, entry });
    const start = `tree ${ids.tree}\n${parent === undefined ? "" : `parent ${parent}\n`}author `;
    return commit.startsWith(start)
      ? { commit: ids.commit, entry: entrySchema.parse(JSON.parse(entry)) }
      : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Whether the file holds `from` and `text` now: what can't be kept is read from git again. */
function save(file: string, from: Loaded, text: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (from.saved) appendFileSync(file, text);
    else replace(file, from.text + text);
    return true;
  } catch {
    return false;
  }
}

function replace(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
