import { hash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { deflateSync } from "node:zlib";
import type { LedgerEntry } from "../ledger/entry.ts";

/** A folder of git's loose objects, and what a repository names them by. */
export interface GitObjects {
  readonly folder: string;
  readonly format: "sha1" | "sha256";
}

/** What git has of an entry: the commit, and `entry.json`, which is all that its tree holds. */
export interface EntryTexts {
  readonly commit: string;
  readonly entry: string;
}

/** Nobody's name: who acted is in the entry. */
const IDENTITY = "delivery <delivery@localhost>";

/**
 * Writes the three objects that an entry has in the chain: its text, a tree that holds only `entry.json`, and a commit. The
 * same bytes that git's own commands write, which would be three processes for each entry.
 * @returns the commit's id, and the texts
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export function writeEntry(
  objects: GitObjects,
  parent: string | undefined,
  entry: LedgerEntry,
): { readonly commit: string; readonly texts: EntryTexts } {
  const text = `${JSON.stringify(entry, null, 2)}\n`;
  const tree = writeObject(objects, treeOf(writeObject(objects, objectOf("blob", text))));
  const by = `${IDENTITY} ${Math.floor(Date.parse(entry.at) / 1000)} +0000`;
  const lines = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${by}`,
    `committer ${by}`,
    "",
    `${entry.environment} ${entry.seq}: ${entry.type} ${entry.releaseId ?? ""}`.trim(),
    "",
  ];
  const commit = lines.join("\n");
  return { commit: writeObject(objects, objectOf("commit", commit)), texts: { commit, entry: text } };
}

/** The ids that git gives a commit, and a tree that holds only this `entry.json`. */
export function idsOf(
  format: GitObjects["format"],
  { commit, entry }: EntryTexts,
): { readonly commit: string; readonly tree: string } {
  const blob = hash(format, header("blob", Buffer.byteLength(entry)) + entry);
  const id = hash(format, header("commit", Buffer.byteLength(commit)) + commit);
  return { commit: id, tree: hash(format, treeOf(blob)) };
}

function objectOf(type: "blob" | "tree" | "commit", content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(header(type, bytes.byteLength)), bytes]);
}

function header(type: "blob" | "tree" | "commit", sizeBytes: number): string {
  return `${type} ${sizeBytes}\0`;
}

function treeOf(blob: string): Buffer {
  return objectOf("tree", Buffer.concat([Buffer.from("100644 entry.json\0"), Buffer.from(blob, "hex")]));
}

/** An object that is there already is written again: a crash of the machine may have left it empty. */
function writeObject({ folder, format }: GitObjects, object: Buffer): string {
  const id = hash(format, object);
  const file = join(folder, id.slice(0, 2), id.slice(2));
  // git clears unfinished objects away that are named like this.
  const unfinished = join(folder, `tmp_obj_${process.pid}_${id.slice(0, 12)}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(unfinished, deflateSync(object), { mode: 0o444 });
  renameSync(unfinished, file);
  return id;
}
