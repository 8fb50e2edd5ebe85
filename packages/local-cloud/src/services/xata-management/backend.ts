import { createHash, timingSafeEqual } from "node:crypto";
import type { XataService } from "../xata/backend.ts";
import type { Branch } from "../xata/branch.ts";
import { newId, SCALE_TO_ZERO, type BranchRecord, type ProjectRecord } from "../xata/branch-store.ts";
import type { NewBranch } from "../xata/branches.ts";
import {
  branchNotFound,
  credentialsNotFound,
  invalidParameter,
  noAccess,
  parentUnhealthy,
  projectNotFound,
  unauthorized,
} from "./errors.ts";
import { IMAGE, INSTANCE_TYPE, REGION } from "./present.ts";
import type { z } from "zod";
import type {
  branchChangeSchema,
  newBranchSchema,
  newProjectSchema,
  projectChangeSchema,
  restoreSchema,
} from "./requests.ts";

/** The role that a real branch has. */
const USUAL_ROLE = "xata";

type NewBranchBody = z.infer<typeof newBranchSchema>;

/** What the management API's routes do. Throws ManagementRefusal for whatever it doesn't do. */
export class Management {
  readonly #service: XataService;
  readonly #now: () => number;

  constructor(service: XataService, now: () => number) {
    this.#service = service;
    this.#now = now;
  }

  get document() {
    return this.#service.store.document;
  }

  authorize(authorization: string | null, organizationId: string | undefined): void {
    const key = /^Bearer (\S+)$/u.exec(authorization ?? "")?.[1];
    if (key === undefined || !timingSafeEqual(digest(key), digest(this.document.apiKey)))
      throw unauthorized();
    if (organizationId !== undefined && organizationId !== this.document.organizationId)
      throw noAccess(organizationId);
  }

  project(id: string): ProjectRecord {
    const project = this.document.projects.find((one) => one.id === id);
    if (project === undefined) throw projectNotFound(id);
    return project;
  }

  createProject({ name, configuration }: z.infer<typeof newProjectSchema>): ProjectRecord {
    const now = this.#timestamp();
    const scaleToZero = configuration?.scaleToZero ?? SCALE_TO_ZERO;
    const project = { id: newId(), name, createdAt: now, updatedAt: now, scaleToZero };
    this.#service.store.putProject(project);
    return project;
  }

  updateProject(id: string, change: z.infer<typeof projectChangeSchema>): ProjectRecord {
    const project = this.project(id);
    const { name = project.name, configuration } = change;
    if (Object.keys(change).length === 0)
      throw invalidParameter({ project: id }, "all", "at least one of the request fields needs to be set");
    const scaleToZero = configuration?.scaleToZero ?? project.scaleToZero;
    const changed = { ...project, name, scaleToZero, updatedAt: this.#timestamp() };
    this.#service.store.putProject(changed);
    return changed;
  }

  /** With all of its branches. */
  async deleteProject(id: string): Promise<void> {
    this.project(id);
    const branches = this.branchesOf(id);
    const own = branches.find((branch) => branch.id === this.document.defaultBranchId);
    if (own !== undefined) throw notRemovable(own);
    for (const branch of branches) await this.#service.branches.remove(branch.id);
    this.#service.store.dropProject(id);
  }

  branchesOf(projectId: string): readonly BranchRecord[] {
    this.project(projectId);
    return this.document.branches.filter((branch) => branch.projectId === projectId);
  }

  branch(projectId: string, id: string): { readonly record: BranchRecord; readonly branch: Branch } {
    this.project(projectId);
    const record = this.document.branches.find((one) => one.id === id && one.projectId === projectId);
    const branch = this.#service.branches.get(id);
    if (record === undefined || branch === undefined) throw branchNotFound(id);
    return { record, branch };
  }

  async createBranch(projectId: string, body: NewBranchBody): Promise<BranchRecord> {
    const project = this.project(projectId);
    if (body.mode === "custom") {
      checkConfiguration(body.name, body.configuration);
      return this.#service.branches.createEmpty(this.#details(project, body, "baseBranches"));
    }
    const parent = this.branch(projectId, body.parentID);
    if (parent.branch.isDown) throw parentUnhealthy(body.parentID);
    if (isAsleepForGood(parent.record)) throw parentUnhealthy(body.parentID);
    return this.#service.branches.createChild(body.parentID, this.#details(project, body, "childBranches"));
  }

  async restore(projectId: string, id: string, body: z.infer<typeof restoreSchema>): Promise<BranchRecord> {
    const project = this.project(projectId);
    this.branch(projectId, id);
    const { restoreTime: targetTime } = body;
    if (targetTime !== undefined) await this.#checkTime(id, { ...body, restoreTime: targetTime });
    const details = this.#details(project, body, "childBranches");
    return this.#service.branches.restore(id, { ...details, targetTime });
  }

  async updateBranch(
    projectId: string,
    id: string,
    change: z.infer<typeof branchChangeSchema>,
  ): Promise<BranchRecord> {
    const { record, branch } = this.branch(projectId, id);
    const { name, description, scaleToZero, backupConfiguration, hibernate } = change;
    this.#service.store.putBranch({
      ...record,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(scaleToZero === undefined ? {} : { scaleToZero }),
      retentionDays: backupConfiguration?.retentionPeriod ?? record.retentionDays,
      updatedAt: this.#timestamp(),
    });
    if (hibernate === true) await branch.hibernate();
    if (hibernate === false) await branch.start();
    return this.branch(projectId, id).record;
  }

  async deleteBranch(projectId: string, id: string): Promise<void> {
    const { record } = this.branch(projectId, id);
    if (id === this.document.defaultBranchId) throw notRemovable(record);
    await this.#service.branches.remove(id);
  }

  /** The role's, or those of the one that an app uses. */
  credentials(projectId: string, id: string, username: string | null) {
    const { branch } = this.branch(projectId, id);
    const passwords = this.#service.branches.passwordsOf(id);
    const role = username || this.#usualRole(id);
    const password = passwords[role];
    if (password === undefined) throw credentialsNotFound(id, role);
    const connectionString = this.#service.connectionUrl(id, role);
    const { hostname } = new URL(connectionString);
    return { username: role, password, hostname, port: branch.port, dbname: role, connectionString };
  }

  async rotate(projectId: string, id: string, username: string): Promise<void> {
    this.credentials(projectId, id, username);
    await this.#service.branches.rotate(id, username);
  }

  /** From when to when a branch can be restored. */
  async restorable(projectId: string, id: string) {
    this.branch(projectId, id);
    return this.#service.branches.restorable(id);
  }

  /** Null for a branch that has no database. */
  connectionString(id: string): string | null {
    const role = this.#usualRole(id);
    return role in this.#service.branches.passwordsOf(id) ? this.#service.connectionUrl(id, role) : null;
  }

  /** A real branch has one database, and its role is `xata`; one with the databases of the command line has theirs. */
  #usualRole(id: string): string {
    const roles = Object.keys(this.#service.branches.passwordsOf(id));
    return roles.includes(USUAL_ROLE) ? USUAL_ROLE : (roles[0] ?? USUAL_ROLE);
  }

  async #checkTime(id: string, body: { readonly name: string; readonly restoreTime: string }): Promise<void> {
    const { fromMs, toMs } = await this.#service.branches.restorable(id);
    const targetMs = Date.parse(body.restoreTime);
    const at = { branch: body.name };
    if (targetMs > toMs) throw invalidParameter(at, "restoreTime", "must not be in the future");
    if (targetMs < fromMs) {
      const earliest = new Date(fromMs).toISOString();
      throw invalidParameter(at, "restoreTime", `the earliest point in time to restore is ${earliest}`);
    }
  }

  #details(
    project: ProjectRecord,
    body: Omit<NewBranchBody, "mode">,
    kind: "baseBranches" | "childBranches",
  ): NewBranch {
    return {
      name: body.name,
      projectId: project.id,
      description: body.description,
      scaleToZero: body.scaleToZero ?? project.scaleToZero[kind],
      retentionDays: body.backupConfiguration?.retentionPeriod,
    };
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString();
  }
}

function checkConfiguration(
  branch: string,
  {
    region,
    image,
    instanceType,
    replicas,
  }: {
    readonly region: string;
    readonly image: string;
    readonly instanceType: string;
    readonly replicas: number;
  },
): void {
  const at = { branch };
  if (replicas < 0) throw invalidParameter(at, "configuration", "number of replicas must be at least zero");
  if (replicas > 0) throw invalidParameter(at, "configuration", "the local cloud has no replicas");
  if (image !== IMAGE.name)
    throw invalidParameter(at, "configuration", `invalid image: image ${image} is not valid`);
  if (region !== REGION)
    throw invalidParameter(at, "configuration", `invalid region: region ${region} is not found`);
  if (instanceType !== INSTANCE_TYPE)
    throw invalidParameter(at, "instanceType", `instance type ${instanceType} is not found`);
}

function isAsleepForGood({ hibernated, scaleToZero }: BranchRecord): boolean {
  return hibernated && !scaleToZero.enabled;
}

function notRemovable({ name }: BranchRecord) {
  return invalidParameter(
    { branch: name },
    "branchID",
    "the branch with the local cloud's own databases (--database) can't be deleted",
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
