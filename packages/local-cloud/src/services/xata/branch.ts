import { setTimeout as pause } from "node:timers/promises";
import { LocalCloudError } from "../../errors.ts";
import { dropOldBackups, listBaseCopies, takeBaseCopy } from "./backups.ts";
import type { BranchRecord } from "./branch-store.ts";
import { provisionDatabases } from "./databases.ts";
import { Refusal } from "./errors.ts";
import type { ExecutionLimits } from "./execute.ts";
import { openGateway, type Gateway, type GatewayFront } from "./gateway.ts";
import { PostgresCluster, type PostmasterGuard } from "./postgres.ts";
import { SessionPool } from "./session-pool.ts";
import { takingTurns } from "./turns.ts";

/** What all branches of a service share. */
export interface BranchSettings {
  readonly host: string;
  readonly superuserPassword: string;
  readonly log: (line: string) => void;
  readonly now: () => number;
  /** Added to each wake: a real branch can take up to 50 s. */
  readonly wakeDelayMs: number;
  readonly limits: ExecutionLimits | undefined;
  readonly front: GatewayFront | undefined;
  readonly maxConnections: number | undefined;
  readonly processes: PostmasterGuard | undefined;
}

/** What a branch reads from and writes to the list of branches. */
export interface BranchOwner {
  record(): BranchRecord;
  passwords(): Readonly<Record<string, string>>;
  setHibernated(hibernated: boolean): void;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * One branch: a PostgreSQL cluster of its own behind a gateway of its own. It sleeps until it is first needed, and again when
 * nobody has been connected for the period that it is configured with.
 */
export class Branch {
  readonly cluster: PostgresCluster;
  readonly sessions: SessionPool;
  readonly #settings: BranchSettings;
  readonly #owner: BranchOwner;
  readonly #inTurn = takingTurns();
  #gateway: Gateway | undefined;
  #state: "asleep" | "awake" | "down" = "asleep";
  #guests = 0;
  #lastActiveMs: number;

  private constructor(cluster: PostgresCluster, settings: BranchSettings, owner: BranchOwner) {
    this.cluster = cluster;
    this.sessions = new SessionPool(cluster.socketPath);
    this.#settings = settings;
    this.#owner = owner;
    this.#lastActiveMs = settings.now();
  }

  /** Doesn't start anything. @throws {LocalCloudError} DATABASE_FAILED, DATA_FOLDER_UNUSABLE */
  static async prepare(
    dataDir: string,
    { settings, owner }: { readonly settings: BranchSettings; readonly owner: BranchOwner },
  ): Promise<Branch> {
    const cluster = await PostgresCluster.prepare({ dataDir, ...settings });
    return new Branch(cluster, settings, owner);
  }

  /** 0 while it doesn't listen. */
  get port(): number {
    return this.#gateway?.port ?? 0;
  }

  get isDown(): boolean {
    return this.#state === "down";
  }

  get isAwake(): boolean {
    return this.#state === "awake";
  }

  /** Open connections and requests that are being answered. */
  get guests(): number {
    return this.#guests;
  }

  /** Takes connections from now on, whether PostgreSQL runs or sleeps. @throws {LocalCloudError} PORT_TAKEN */
  async listen(port: number): Promise<void> {
    const { host, log, limits, front } = this.#settings;
    const { sessions } = this;
    const { socketPath } = this.cluster;
    const admit = async () => this.#admit();
    this.#gateway = await openGateway({ host, port, socketPath, sessions, log, limits, front, admit });
  }

  /** As `listen`, on any port when that one is taken by now. */
  async listenNear(port: number): Promise<void> {
    try {
      await this.listen(port);
    } catch (error) {
      if (!(error instanceof LocalCloudError) || error.code !== "PORT_TAKEN") throw error;
      await this.listen(0);
      const { name } = this.#owner.record();
      this.#settings.log(`port ${port} of the branch ${name} is taken; it is at port ${this.port} now`);
    }
  }

  /** Starts PostgreSQL and ends an outage. Idempotent. @throws {LocalCloudError} DATABASE_FAILED, DATA_FOLDER_UNUSABLE */
  async start(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#startNow();
      if (this.#owner.record().hibernated) this.#owner.setHibernated(false);
    });
  }

  /** Sets the passwords of the list now, or at the next start. */
  async applyPasswords(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#state === "awake") await this.#provision();
    });
  }

  /** An outage: PostgreSQL is down in order, and nothing wakes it but `start`. Idempotent. */
  async takeDown(): Promise<void> {
    await this.#inTurn(async () => {
      this.#state = "down";
      await this.cluster.stop();
    });
  }

  /** Ends an outage without starting PostgreSQL: the next connection does. */
  endOutage(): void {
    if (this.#state === "down") this.#state = "asleep";
  }

  /** Cuts all connections and lets PostgreSQL sleep until `start`, or until the next connection where it may wake by itself. */
  async hibernate(): Promise<void> {
    await this.#inTurn(async () => this.#hibernateNow());
  }

  /** Hibernates if that is configured and nobody has been connected for the period. Says whether it did. */
  async hibernateIfIdle(): Promise<boolean> {
    return this.#inTurn(async () => {
      const { enabled, inactivityPeriodMinutes } = this.#owner.record().scaleToZero;
      const idleMs = this.#settings.now() - this.#lastActiveMs;
      if (!enabled || this.#state !== "awake" || this.#guests > 0) return false;
      if (idleMs < inactivityPeriodMinutes * MINUTE_MS) return false;
      await this.#hibernateNow();
      this.#settings.log(
        `branch ${this.#owner.record().name} hibernates: idle for ${Math.round(idleMs / MINUTE_MS)} min`,
      );
      return true;
    });
  }

  /** Runs `work` while PostgreSQL runs. @throws {Refusal} BRANCH_HIBERNATED */
  async whileAwake<T>(work: (cluster: PostgresCluster) => Promise<T>): Promise<T> {
    const leave = await this.#admit();
    try {
      return await work(this.cluster);
    } finally {
      leave();
    }
  }

  /** Frees the port and stops PostgreSQL. */
  async close(): Promise<void> {
    await this.#gateway?.close();
    await this.#inTurn(async () => {
      this.#state = "down";
      await Promise.all([this.sessions.close(), this.cluster.stop()]);
    });
  }

  async #admit(): Promise<() => void> {
    this.#guests += 1;
    let isHere = true;
    const leave = () => {
      if (isHere) this.#guests -= 1;
      isHere = false;
      this.#lastActiveMs = this.#settings.now();
    };
    try {
      if (this.#state === "asleep") await this.#inTurn(async () => this.#wake());
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /**
   * A branch wakes by itself where it also falls asleep by itself; one that somebody put to sleep for good stays so.
   * @see https://github.com/xataio/xata services/gateway/session: ErrBranchHibernated
   */
  async #wake(): Promise<void> {
    if (this.#state !== "asleep") return;
    const { hibernated, scaleToZero, name } = this.#owner.record();
    if (hibernated && !scaleToZero.enabled)
      throw new Refusal("BRANCH_HIBERNATED", "branch is hibernated, reactivate it to continue");
    const startedAtMs = performance.now();
    if (this.#settings.wakeDelayMs > 0) await pause(this.#settings.wakeDelayMs);
    await this.#startNow();
    if (hibernated) this.#owner.setHibernated(false);
    this.#settings.log(`branch ${name} is awake after ${Math.round(performance.now() - startedAtMs)} ms`);
  }

  async #startNow(): Promise<void> {
    if (this.#state !== "awake") await this.#backUp();
    await this.cluster.start();
    await this.#provision();
    this.#state = "awake";
    this.#lastActiveMs = this.#settings.now();
  }

  async #provision(): Promise<void> {
    await this.cluster.asSuperuser(async (client) => provisionDatabases(client, this.#owner.passwords()));
  }

  async #hibernateNow(): Promise<void> {
    if (this.#state === "awake") this.#state = "asleep";
    this.#owner.setHibernated(true);
    await Promise.all([this.sessions.close(), this.cluster.stop()]);
  }

  /** A base copy before the very first start, and then once a day at most: only while PostgreSQL stands still is it a plain copy. */
  async #backUp(): Promise<void> {
    const state = await this.cluster.endLeftOver();
    const nowMs = Date.now();
    const newest = (await listBaseCopies(this.cluster)).at(-1);
    const isDue = newest === undefined || (state === "clean" && nowMs - newest.takenAtMs > DAY_MS);
    if (!isDue) return;
    await takeBaseCopy(this.cluster, nowMs);
    await dropOldBackups(this.cluster, {
      nowMs,
      retentionMs: this.#owner.record().retentionDays * DAY_MS,
    });
  }
}
