import { createHash } from "node:crypto";
import type { State } from "../../store/state.ts";
import { domainNotFound, hostnameInvalid, hostnameTaken } from "./errors.ts";

/** At least two labels. */
const HOSTNAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

export interface CustomDomain {
  readonly id: string;
  readonly hostname: string;
  readonly service: string;
  readonly environment: string;
  readonly zone_id: string;
  readonly zone_name: string;
  readonly enabled: boolean;
  readonly previews_enabled: boolean;
}

/** A domain that a deploy wants, as wrangler sends it. */
export interface Origin {
  readonly hostname: string;
  readonly zone_id?: string | undefined;
  readonly zone_name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly previews_enabled?: boolean | undefined;
}

export interface Changeset {
  readonly added: readonly CustomDomain[];
  readonly removed: readonly CustomDomain[];
  readonly updated: readonly (CustomDomain & { readonly modified: boolean })[];
  readonly conflicting: readonly CustomDomain[];
}

/** Custom domains: which Worker answers on a host name. They belong to no version. */
export class DomainsBackend {
  readonly #state: State;
  readonly #byHostname = new Map<string, CustomDomain>();

  constructor(state: State) {
    this.#state = state;
    for (const row of state.all("SELECT document FROM domains")) {
      const domain = JSON.parse(String(row["document"])) as CustomDomain;
      this.#byHostname.set(domain.hostname, domain);
    }
  }

  /** Hostname order. */
  list(): readonly CustomDomain[] {
    return [...this.#byHostname.values()].sort((a, b) => a.hostname.localeCompare(b.hostname, "en"));
  }

  workerOf(hostname: string): string | undefined {
    return this.#byHostname.get(hostname)?.service;
  }

  get(id: string): CustomDomain {
    const domain = this.list().find((candidate) => candidate.id === id);
    if (!domain) throw domainNotFound(id);
    return domain;
  }

  /** What `replace` would do for a Worker, without doing it. */
  changeset(worker: string, origins: readonly Origin[]): Changeset {
    const wanted = origins.map((origin) => domainOf(worker, origin));
    const hostnames = new Set(wanted.map(({ hostname }) => hostname));
    const present = (domain: CustomDomain) => this.#byHostname.get(domain.hostname);
    return {
      added: wanted.filter((domain) => !present(domain)),
      removed: this.list().filter(({ service, hostname }) => service === worker && !hostnames.has(hostname)),
      updated: wanted.flatMap((domain) => {
        const before = present(domain);
        return before ? [{ ...domain, modified: before.service !== worker }] : [];
      }),
      conflicting: [],
    };
  }

  /** Makes the Worker answer on exactly these host names. */
  replace(
    worker: string,
    origins: readonly Origin[],
    options: { readonly overrideExistingOrigin: boolean },
  ): readonly CustomDomain[] {
    const { removed, updated } = this.changeset(worker, origins);
    const taken = updated.find(({ modified }) => modified);
    if (taken && !options.overrideExistingOrigin) {
      throw hostnameTaken(taken.hostname, this.workerOf(taken.hostname) ?? "");
    }
    const wanted = origins.map((origin) => domainOf(worker, origin));
    this.#state.transaction(() => {
      for (const domain of removed)
        this.#state.run("DELETE FROM domains WHERE hostname = ?", domain.hostname);
      for (const domain of wanted) this.#save(domain);
    });
    for (const domain of removed) this.#byHostname.delete(domain.hostname);
    for (const domain of wanted) this.#byHostname.set(domain.hostname, domain);
    return wanted;
  }

  /** Gives one host name to a Worker, without regard to its others. @throws {Refusal} 100116 when another one has it. */
  attach(worker: string, origin: Origin): CustomDomain {
    const domain = domainOf(worker, origin);
    const owner = this.workerOf(domain.hostname);
    if (owner !== undefined && owner !== worker) throw hostnameTaken(domain.hostname, owner);
    this.#save(domain);
    this.#byHostname.set(domain.hostname, domain);
    return domain;
  }

  /** Takes note that a Worker is gone with its domains. */
  dropWorker(worker: string): void {
    for (const { hostname, service } of this.list())
      if (service === worker) this.#byHostname.delete(hostname);
  }

  delete(id: string): void {
    const domain = this.get(id);
    this.#state.run("DELETE FROM domains WHERE hostname = ?", domain.hostname);
    this.#byHostname.delete(domain.hostname);
  }

  #save(domain: CustomDomain): void {
    const sql = "INSERT OR REPLACE INTO domains (id, hostname, worker, document) VALUES (?, ?, ?, ?)";
    this.#state.run(sql, domain.id, domain.hostname, domain.service, JSON.stringify(domain));
  }
}

function domainOf(worker: string, origin: Origin): CustomDomain {
  const hostname = origin.hostname.toLowerCase();
  if (!HOSTNAME.test(hostname)) throw hostnameInvalid(origin.hostname);
  const zoneName = origin.zone_name ?? hostname.split(".").slice(-2).join(".");
  return {
    id: hexDigest(hostname, 40),
    hostname,
    service: worker,
    environment: "production",
    zone_id: origin.zone_id ?? hexDigest(zoneName, 32),
    zone_name: zoneName,
    enabled: origin.enabled ?? true,
    previews_enabled: origin.previews_enabled ?? false,
  };
}

function hexDigest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
