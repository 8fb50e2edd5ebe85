import { randomBytes, randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LocalCloudError, systemErrorCode } from "../../errors.ts";
import { writeDurably } from "../../store/blobs.ts";

const scaleToZeroSchema = z.object({
  enabled: z.boolean(),
  inactivityPeriodMinutes: z.number().int().min(1),
});
export type ScaleToZero = Readonly<z.infer<typeof scaleToZeroSchema>>;

const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  scaleToZero: z.object({ baseBranches: scaleToZeroSchema, childBranches: scaleToZeroSchema }),
});
export type ProjectRecord = Readonly<z.infer<typeof projectSchema>>;

const branchSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  description: z.string().optional(),
  parentId: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  port: z.number().int(),
  /** By role, which has a database of its name. */
  passwords: z.record(z.string(), z.string()),
  scaleToZero: scaleToZeroSchema,
  hibernated: z.boolean(),
  retentionDays: z.number().int(),
});
export type BranchRecord = Readonly<z.infer<typeof branchSchema>>;

const documentSchema = z.object({
  schema: z.literal(1),
  organizationId: z.string(),
  apiKey: z.string(),
  /** The branch that the databases of the command line live in. Its passwords are kept elsewhere. */
  defaultBranchId: z.string(),
  projects: z.array(projectSchema),
  branches: z.array(branchSchema),
});
export type BranchDocument = Readonly<z.infer<typeof documentSchema>>;

const ALPHABET = "0123456789abcdefghijklmnopqrstuv";

/** An id as Xata's are: lower-case letters and digits, fit for a host name. */
export function newId(length = 26): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/**
 * All projects and branches but the data itself, in one file. Each change is on the disk when the call returns.
 */
export class BranchStore {
  readonly #file: string;
  #document: BranchDocument;

  private constructor(file: string, document: BranchDocument) {
    this.#file = file;
    this.#document = document;
  }

  /** @throws {LocalCloudError} STATE_UNREADABLE for a damaged file; it is left as it is. */
  static async open(dataDir: string, nowMs: number): Promise<BranchStore> {
    const file = join(dataDir, "branches.json");
    const known = await readDocument(file);
    const store = new BranchStore(file, known ?? firstDocument(new Date(nowMs).toISOString()));
    if (known === undefined) store.#save(store.#document);
    return store;
  }

  get document(): BranchDocument {
    return this.#document;
  }

  branch(id: string): BranchRecord | undefined {
    return this.#document.branches.find((branch) => branch.id === id);
  }

  /** Adds the record, or puts it in the place of the one with its id. */
  putBranch(record: BranchRecord): void {
    this.#save({ ...this.#document, branches: put(this.#document.branches, record) });
  }

  dropBranch(id: string): void {
    this.#save({
      ...this.#document,
      branches: this.#document.branches.filter((branch) => branch.id !== id),
    });
  }

  putProject(record: ProjectRecord): void {
    this.#save({ ...this.#document, projects: put(this.#document.projects, record) });
  }

  dropProject(id: string): void {
    this.#save({
      ...this.#document,
      projects: this.#document.projects.filter((project) => project.id !== id),
    });
  }

  #save(document: BranchDocument): void {
    writeDurably(this.#file, Buffer.from(`${JSON.stringify(document, null, 2)}\n`), 0o600);
    this.#document = document;
  }
}

/** The period is the real default. @see https://xata.io/glossary/hibernation Which branches begin with it is decided here. */
export const SCALE_TO_ZERO = {
  baseBranches: { enabled: false, inactivityPeriodMinutes: 30 },
  childBranches: { enabled: true, inactivityPeriodMinutes: 30 },
} as const;

function firstDocument(now: string): BranchDocument {
  const projectId = newId();
  const times = { createdAt: now, updatedAt: now };
  const branch: BranchRecord = {
    id: newId(),
    projectId,
    name: "main",
    parentId: null,
    ...times,
    port: 0,
    passwords: {},
    scaleToZero: SCALE_TO_ZERO.baseBranches,
    hibernated: false,
    retentionDays: 2,
  };
  return {
    schema: 1,
    organizationId: newId(6),
    apiKey: randomBytes(32).toString("base64url"),
    defaultBranchId: branch.id,
    projects: [{ id: projectId, name: "local", ...times, scaleToZero: SCALE_TO_ZERO }],
    branches: [branch],
  };
}

function put<T extends { readonly id: string }>(records: readonly T[], record: T): T[] {
  const isKnown = records.some(({ id }) => id === record.id);
  return isKnown ? records.map((old) => (old.id === record.id ? record : old)) : [...records, record];
}

async function readDocument(file: string): Promise<BranchDocument | undefined> {
  try {
    return documentSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return undefined;
    if (systemErrorCode(cause) !== undefined) throw cause;
    throw new LocalCloudError({
      code: "STATE_UNREADABLE",
      message: `The list of database branches in ${file} can't be read.`,
      hint: `Nothing was changed. Put a copy of the file back, or move ${dirname(file)} away to begin with empty databases.`,
      cause,
    });
  }
}
