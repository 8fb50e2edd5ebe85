import type { State } from "../../store/state.ts";
import type { DeploymentDocument, VersionDocument, WorkerDocument } from "./model.ts";

/** Rows of the state as documents, the newest deployment of each Worker kept in memory for the edge. */
export class WorkersStore {
  readonly #state: State;
  readonly #newestDeployments = new Map<string, DeploymentDocument>();
  readonly #versions = new Map<string, VersionDocument>();
  readonly #onDeployment: () => void;

  constructor(state: State, onDeployment: () => void) {
    this.#state = state;
    this.#onDeployment = onDeployment;
    for (const { name } of this.workers()) {
      const newest = this.deployments(name).at(0);
      if (newest) this.#newestDeployments.set(name, newest);
    }
  }

  workers(): readonly WorkerDocument[] {
    return this.#state.all("SELECT document FROM workers ORDER BY name").map(workerDocument);
  }

  worker(name: string): WorkerDocument | undefined {
    const row = this.#state.get("SELECT document FROM workers WHERE name = ?", name);
    return row && workerDocument(row);
  }

  saveWorker(worker: WorkerDocument): void {
    const sql = "INSERT OR REPLACE INTO workers (name, document) VALUES (?, ?)";
    this.#state.run(sql, worker.name, JSON.stringify(worker));
  }

  /** Newest first. */
  versions(worker: string): readonly VersionDocument[] {
    const sql = "SELECT document FROM versions WHERE worker = ? ORDER BY number DESC";
    return this.#state.all(sql, worker).map(versionDocument);
  }

  latestVersion(worker: string): VersionDocument | undefined {
    const sql = "SELECT document FROM versions WHERE worker = ? ORDER BY number DESC LIMIT 1";
    const row = this.#state.get(sql, worker);
    return row && versionDocument(row);
  }

  version(id: string): VersionDocument | undefined {
    const known = this.#versions.get(id);
    if (known && !this.#state.isStale()) return known;
    const row = this.#state.get("SELECT document FROM versions WHERE id = ?", id);
    const version = row && versionDocument(row);
    if (version) this.#versions.set(id, version);
    return version;
  }

  /** The id that begins with these hex digits. */
  versionOfPrefix(worker: string, prefix: string): string | undefined {
    const sql =
      "SELECT id FROM versions WHERE id >= ? AND id < ? AND worker = ? ORDER BY number DESC LIMIT 1";
    const row = this.#state.get(sql, prefix, `${prefix}g`, worker);
    return row && String(row["id"]);
  }

  /** The newest version with the alias. */
  aliasedVersion(worker: string, alias: string): string | undefined {
    const path = String.raw`$.annotations."workers/alias"`;
    const sql =
      "SELECT id FROM versions WHERE worker = ? AND json_extract(document, ?) = ? ORDER BY number DESC LIMIT 1";
    const row = this.#state.get(sql, worker, path, alias);
    return row && String(row["id"]);
  }

  /** Stores the version under the next number of its Worker, together with the Worker when that is new. */
  addVersion(draft: VersionDocument, newWorker: WorkerDocument | undefined): VersionDocument {
    return this.#state.transaction(() => {
      if (newWorker) this.saveWorker(newWorker);
      const newest = this.#state.get(
        "SELECT max(number) AS number FROM versions WHERE worker = ?",
        draft.worker,
      );
      const version = { ...draft, number: Number(newest?.["number"] ?? 0) + 1 };
      const sql = "INSERT INTO versions (id, worker, number, document) VALUES (?, ?, ?, ?)";
      this.#state.run(sql, version.id, version.worker, version.number, JSON.stringify(version));
      return version;
    });
  }

  /** Newest first. */
  deployments(worker: string): readonly DeploymentDocument[] {
    const sql = "SELECT document FROM deployments WHERE worker = ? ORDER BY sequence DESC";
    return this.#state.all(sql, worker).map(deploymentDocument);
  }

  addDeployment(deployment: DeploymentDocument): void {
    const sql = "INSERT INTO deployments (id, worker, document) VALUES (?, ?, ?)";
    this.#state.run(sql, deployment.id, deployment.worker, JSON.stringify(deployment));
    this.#newestDeployments.set(deployment.worker, deployment);
    this.#onDeployment();
  }

  deleteDeployment(id: string): void {
    this.#state.run("DELETE FROM deployments WHERE id = ?", id);
  }

  /** Deletes a Worker and all rows that belong to it. */
  deleteWorker(name: string): void {
    this.#state.transaction(() => {
      this.#state.run("DELETE FROM workers WHERE name = ?", name);
      for (const table of ["versions", "deployments", "assets", "asset_uploads", "domains", "schedules"])
        this.#state.run(`DELETE FROM ${table} WHERE worker = ?`, name);
    });
    this.#newestDeployments.delete(name);
    for (const [id, { worker }] of this.#versions) if (worker === name) this.#versions.delete(id);
    this.#onDeployment();
  }

  /** Whether this reads a copy of the state as it was: what else is kept in memory is younger. */
  isStale(): boolean {
    return this.#state.isStale();
  }

  newestDeployment(worker: string): DeploymentDocument | undefined {
    return this.#state.isStale() ? this.deployments(worker).at(0) : this.#newestDeployments.get(worker);
  }

  newestDeployments(): readonly DeploymentDocument[] {
    return [...this.#newestDeployments.values()];
  }
}

type Row = Readonly<Record<string, unknown>>;

function workerDocument(row: Row): WorkerDocument {
  return JSON.parse(String(row["document"])) as WorkerDocument;
}

function versionDocument(row: Row): VersionDocument {
  return JSON.parse(String(row["document"])) as VersionDocument;
}

function deploymentDocument(row: Row): DeploymentDocument {
  return JSON.parse(String(row["document"])) as DeploymentDocument;
}
