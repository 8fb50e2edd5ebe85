import type { File } from "../../../generated/prisma/client.ts";
import { FileState } from "../../../generated/prisma/enums.ts";
import { currentStorage, keyOf } from "../../files/here.ts";
import type { Scope } from "../../scope.ts";
import { blocksOf } from "../../storage/blocks.ts";
import type { FileStorage } from "../../storage/file-storage.ts";
import { ArchiveNames } from "./archive-names.ts";
import { jsonList, jsonOf, ownedTables, rowsOf } from "./rows.ts";
import type { ZipEntry } from "./zip.ts";

/** What of a file's row says only where we keep it. */
const OURS = { ownerId: undefined, uploadId: undefined };
const WHOLE: readonly string[] = [FileState.processing, FileState.ready];

const README = `Everything that FM5 had of your account when you downloaded this.

account.json      you, where you are signed in, what happened to the account, mails that were sent
data/*.json       filaments, spools, prints and so on: a list each, whose parts refer to each other by id
data/files.json   your files; "path" says where each lies in this archive
files/            the files themselves, byte for byte

Grams are numbers, prices are in the smallest unit of your currency, instants are in UTC.
`;

/**
 * All data and files of an account, as entries of an archive. Rows come a page at a time and files as streams, so that
 * neither needs much memory. To be called within a request; what it yields may be read later.
 */
export function exportEntries(scope: Scope): AsyncGenerator<ZipEntry, void> {
  return entriesOf(scope, currentStorage());
}

async function* entriesOf(scope: Scope, storage: FileStorage): AsyncGenerator<ZipEntry, void> {
  yield textEntry("README.txt", README);
  yield textEntry("account.json", jsonOf(await accountOf(scope), 2));
  for (const [name, find] of Object.entries(ownedTables(scope)))
    yield entry(`data/${name}.json`, () => jsonList(rowsOf(scope, find)));

  const names = new ArchiveNames();
  const paths = new Map<string, string>();
  const described = async function* () {
    for await (const file of filesOf(scope)) {
      if (WHOLE.includes(file.state)) paths.set(file.id, `files/${names.take(file.name)}`);
      yield { ...file, ...OURS, path: paths.get(file.id) ?? null };
    }
  };
  yield entry("data/files.json", () => jsonList(described()));
  yield* contents({ scope, storage, paths });
}

async function* contents(options: {
  readonly scope: Scope;
  readonly storage: FileStorage;
  readonly paths: ReadonlyMap<string, string>;
}): AsyncGenerator<ZipEntry, void> {
  const { scope, storage, paths } = options;
  for (const [id, name] of paths) {
    const stored = await storage.get(keyOf({ ownerId: scope.user.id, id }));
    // Removed since it was listed.
    if (stored === null) continue;
    yield entry(name, () => blocksOf(stored));
  }
}

function filesOf(scope: Scope): AsyncGenerator<File, void> {
  return rowsOf(scope, (page) =>
    scope.database.file.findMany({
      ...page,
      where: { ...page.where, state: { not: FileState.removing } },
    }),
  );
}

async function accountOf({ user: { id }, database }: Scope): Promise<unknown> {
  const [user, sessions, events, mails] = await database.$transaction([
    database.user.findMany({ where: { id } }),
    database.session.findMany({ where: { userId: id } }),
    database.auditEvent.findMany({ where: { userId: id }, orderBy: { at: "asc" } }),
    database.emailDelivery.findMany({ where: { userId: id }, orderBy: { createdAt: "asc" } }),
  ]);
  return {
    user: user[0],
    sessions: sessions.map((session) => ({ ...session, token: undefined })),
    events,
    mails: mails.map((mail) => ({ ...mail, idempotencyKey: undefined })),
  };
}

function entry(name: string, content: ZipEntry["content"]): ZipEntry {
  return { name, modifiedAt: new Date(), content };
}

function textEntry(name: string, text: string): ZipEntry {
  return entry(name, async function* () {
    yield Buffer.from(text);
  });
}
