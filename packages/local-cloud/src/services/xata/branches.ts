import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { archiveEverything, copyFromBase, copyRunning, listBaseCopies, walFolders } from "./backups.ts";
import { Branch, type BranchOwner, type BranchSettings } from "./branch.ts";
import { newId, type BranchRecord, type BranchStore, type ScaleToZero } from "./branch-store.ts";
import { randomPassword } from "./credentials.ts";
import { endOrphan } from "./orphan.ts";
import type { PostgresCluster } from "./postgres.ts";
import { takingTurns } from "./turns.ts";

/** What a new branch is to be called and how it is to sleep. */
export interface NewBranch {
  readonly name: string;
  readonly projectId: string;
  readonly description?: string | undefined;
  readonly scaleToZero: ScaleToZero;
  readonly retentionDays?: number | undefined;
}

/** PostgreSQL's user has to pass it. */
const PASSABLE = 0o711;
const RETENTION_DAYS = 2;
/** Of an empty branch. @see https://xata.io/docs: every new branch has a database `xata` */
const FIRST_DATABASE = "xata";

/** The passwords of the default branch, which are kept with those of the superuser. */
interface DefaultPasswords {
  all(): Readonly<Record<string, string>>;
  /** On the disk when it returns. */
  replace(role: string, password: string): Promise<void>;
}

interface BranchesParts {
  readonly dataDir: string;
  readonly store: BranchStore;
  readonly settings: BranchSettings;
  readonly defaultPasswords: DefaultPasswords;
}

/** All branches: each a folder, a cluster and a port. Makes and removes one at a time. */
export class Branches {
  readonly #parts: BranchesParts;
  readonly #inTurn = takingTurns();
  readonly #open = new Map<string, Branch>();
  /** Records of branches that are being made, not yet in the store. */
  readonly #unfinished = new Map<string, BranchRecord>();

  constructor(parts: BranchesParts) {
    this.#parts = parts;
  }

  /**
   * Starts the default branch, and lets the others listen, asleep. Clears away what an interrupted change left behind.
   * @throws {LocalCloudError} PORT_TAKEN, DATA_FOLDER_UNUSABLE, DATABASE_FAILED; close it then.
   */
  async start(defaultPort: number): Promise<Branch> {
    const { dataDir, store } = this.#parts;
    const { defaultBranchId } = store.document;
    await this.#clearAway();
    const branch = await this.#prepare(defaultBranchId, dataDir);
    await branch.cluster.initialise();
    await branch.start();
    await branch.listen(defaultPort);
    const others = store.document.branches.filter(({ id }) => id !== defaultBranchId);
    await Promise.all(others.map(async ({ id }) => this.#reopen(id)));
    return branch;
  }

  get(id: string): Branch | undefined {
    return this.#open.get(id);
  }

  all(): readonly Branch[] {
    return [...this.#open.values()];
  }

  passwordsOf(id: string): Readonly<Record<string, string>> {
    const { store, defaultPasswords } = this.#parts;
    return id === store.document.defaultBranchId ? defaultPasswords.all() : this.#record(id).passwords;
  }

  /** A branch with an empty database. */
  async createEmpty(details: NewBranch): Promise<BranchRecord> {
    return this.#create(details, null, async (branch) => {
      await branch.cluster.initialise();
      return [FIRST_DATABASE];
    });
  }

  /** A branch with all that the parent holds at this moment, and passwords of its own. @throws {Refusal} BRANCH_HIBERNATED */
  async createChild(parentId: string, details: NewBranch): Promise<BranchRecord> {
    const parent = this.#known(parentId);
    return this.#create(details, parentId, async (branch) => {
      await parent.whileAwake(async (cluster) => copyRunning(cluster, branch.cluster));
      return Object.keys(this.passwordsOf(parentId));
    });
  }

  /** From when to when a branch can be restored. */
  async restorable(id: string): Promise<{ readonly fromMs: number; readonly toMs: number }> {
    const [earliest] = await listBaseCopies(this.#known(id).cluster);
    const toMs = Date.now();
    return { fromMs: earliest?.takenAtMs ?? toMs, toMs };
  }

  /**
   * A new branch that holds what `sourceId` held at `targetTime` (an ISO date-time within what is `restorable`), or all of it.
   * The source need not run.
   * @throws {LocalCloudError} DATABASE_FAILED
   */
  async restore(
    sourceId: string,
    details: NewBranch & { readonly targetTime: string | undefined },
  ): Promise<BranchRecord> {
    const source = this.#known(sourceId);
    const { targetTime } = details;
    return this.#create(details, sourceId, async ({ cluster }) => {
      if (source.isAwake) await source.whileAwake(archiveEverything);
      const targetMs = targetTime === undefined ? Infinity : Date.parse(targetTime);
      const copies = await listBaseCopies(source.cluster);
      const base = copies.findLast(({ takenAtMs }) => takenAtMs <= targetMs);
      if (base === undefined) throw new Error(`no base copy of ${sourceId} is older than ${targetTime}`);
      await copyFromBase(base, cluster);
      await recover(cluster, walFolders(source.cluster), targetTime);
      const roles = new Set(await databasesWithRole(cluster));
      return Object.keys(this.passwordsOf(sourceId)).filter((role) => roles.has(role));
    });
  }

  /** A new password for `role`: the old one is refused from now on. Sessions that are open go on, as PostgreSQL leaves them. */
  async rotate(id: string, role: string): Promise<void> {
    const { store, defaultPasswords } = this.#parts;
    const branch = this.#known(id);
    await this.#inTurn(async () => {
      if (id === store.document.defaultBranchId) await defaultPasswords.replace(role, randomPassword());
      const record = this.#record(id);
      const passwords =
        id === store.document.defaultBranchId ? {} : { ...record.passwords, [role]: randomPassword() };
      store.putBranch({ ...record, passwords, updatedAt: this.#timestamp() });
      await branch.applyPasswords();
      branch.sessions.forget(role);
    });
  }

  /** Cuts its connections and removes all of its data. */
  async remove(id: string): Promise<void> {
    await this.#inTurn(async () => {
      const branch = this.#known(id);
      this.#parts.store.dropBranch(id);
      this.#open.delete(id);
      await this.#discard(id, branch);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(async (branch) => branch.close()));
  }

  async #create(
    details: NewBranch,
    parentId: string | null,
    fill: (branch: Branch) => Promise<readonly string[]>,
  ): Promise<BranchRecord> {
    return this.#inTurn(async () => {
      const id = newId();
      const record = this.#newRecord(id, parentId, details);
      this.#unfinished.set(id, record);
      const branch = await this.#prepare(id, this.#folderOf(id));
      try {
        const roles = await fill(branch);
        await branch.cluster.stop();
        const passwords = Object.fromEntries(roles.map((role) => [role, randomPassword()]));
        this.#unfinished.set(id, { ...record, passwords });
        await branch.start();
        await branch.listen(0);
        const finished = { ...record, passwords, port: branch.port };
        this.#parts.store.putBranch(finished);
        return finished;
      } catch (error) {
        this.#open.delete(id);
        await this.#discard(id, branch);
        throw error;
      } finally {
        this.#unfinished.delete(id);
      }
    });
  }

  #newRecord(id: string, parentId: string | null, details: NewBranch): BranchRecord {
    const { name, projectId, description, scaleToZero, retentionDays = RETENTION_DAYS } = details;
    const now = this.#timestamp();
    return {
      id,
      projectId,
      name,
      ...(description === undefined ? {} : { description }),
      parentId,
      createdAt: now,
      updatedAt: now,
      port: 0,
      passwords: {},
      scaleToZero,
      hibernated: false,
      retentionDays,
    };
  }

  async #reopen(id: string): Promise<void> {
    const branch = await this.#prepare(id, this.#folderOf(id));
    const record = this.#record(id);
    await branch.listenNear(record.port);
    if (branch.port !== record.port) this.#parts.store.putBranch({ ...record, port: branch.port });
  }

  async #prepare(id: string, dataDir: string): Promise<Branch> {
    await mkdir(dataDir, { recursive: true });
    await chmod(dataDir, PASSABLE);
    const owner: BranchOwner = {
      record: () => this.#record(id),
      passwords: () => this.passwordsOf(id),
      setHibernated: (hibernated) => {
        const record = this.#parts.store.branch(id);
        if (record !== undefined) this.#parts.store.putBranch({ ...record, hibernated });
      },
    };
    const branch = await Branch.prepare(dataDir, { settings: this.#parts.settings, owner });
    this.#open.set(id, branch);
    return branch;
  }

  /** What was being made or removed when the process was killed. */
  async #clearAway(): Promise<void> {
    const folder = this.#folderOf();
    await mkdir(folder, { recursive: true });
    await chmod(folder, PASSABLE);
    const strangers = (await readdir(folder)).filter((id) => this.#parts.store.branch(id) === undefined);
    for (const id of strangers) {
      await endOrphan(join(folder, id, "postgres", "data"), this.#parts.settings.log);
      await rm(join(folder, id), { recursive: true, force: true });
    }
  }

  async #discard(id: string, branch: Branch): Promise<void> {
    await branch.close();
    await rm(branch.cluster.socketDir, { recursive: true, force: true });
    await rm(this.#folderOf(id), { recursive: true, force: true });
  }

  #folderOf(id = ""): string {
    return join(this.#parts.dataDir, "branches", id);
  }

  #known(id: string): Branch {
    const branch = this.#open.get(id);
    if (branch === undefined) throw new Error(`there is no branch ${id}`);
    return branch;
  }

  #record(id: string): BranchRecord {
    const record = this.#parts.store.branch(id) ?? this.#unfinished.get(id);
    if (record === undefined) throw new Error(`there is no branch ${id}`);
    return record;
  }

  #timestamp(): string {
    return new Date(this.#parts.settings.now()).toISOString();
  }
}

/**
 * Lets a cluster recover up to `targetTime`. PostgreSQL takes it for an error that nothing was committed after the target, which
 * is so when the source crashed before it: everything is recovered then, and checked not to be too much.
 */
async function recover(
  cluster: PostgresCluster,
  folders: readonly string[],
  targetTime: string | undefined,
): Promise<void> {
  try {
    await cluster.start({ walFolders: folders, targetTime });
  } catch (error) {
    if (targetTime === undefined) throw error;
    await cluster.start({ walFolders: folders, targetTime: undefined });
    if (!(await holdsNothingAfter(cluster, targetTime))) throw error;
  }
}

async function holdsNothingAfter(cluster: PostgresCluster, targetTime: string): Promise<boolean> {
  const sql = "SELECT coalesce(pg_last_xact_replay_timestamp() <= $1::timestamptz, true) AS holds";
  return cluster.asSuperuser(async (client) => {
    const { rows } = await client.query<{ holds: boolean }>(sql, [targetTime]);
    return rows[0]?.holds ?? false;
  });
}

async function databasesWithRole(cluster: PostgresCluster): Promise<readonly string[]> {
  const sql = "SELECT datname AS name FROM pg_database JOIN pg_roles ON rolname = datname WHERE rolcanlogin";
  return cluster.asSuperuser(async (client) => {
    const { rows } = await client.query<{ name: string }>(sql);
    return rows.map(({ name }) => name);
  });
}
