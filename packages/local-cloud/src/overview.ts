import type { DomainsBackend } from "./services/domains/backend.ts";
import type { ResendBackend } from "./services/resend/backend.ts";
import type { WorkersStore } from "./services/workers/store.ts";

/** What a person wants to see of a local cloud at a glance. */
export interface Overview {
  readonly workers: readonly WorkerOverview[];
  /** Newest first, a few. */
  readonly mail: readonly { readonly at: string; readonly to: string; readonly subject: string }[];
  readonly mailCount: number;
}

export interface WorkerOverview {
  readonly name: string;
  /** As URLs for its own host, as hostnames for custom domains, which take a Host header. */
  readonly url: string;
  readonly domains: readonly string[];
  readonly shares: readonly VersionShareOverview[];
}

interface VersionShareOverview {
  readonly versionId: string;
  readonly percentage: number;
  /** Counts from 1. */
  readonly number: number;
  /** Its tag, else its message, else nothing. */
  readonly label: string;
}

const MAIL_SHOWN = 5;

export function overviewOf(parts: {
  readonly store: WorkersStore;
  readonly domains: DomainsBackend;
  readonly resend: ResendBackend;
  readonly edgePort: number;
}): Overview {
  const { store, domains, resend, edgePort } = parts;
  const domainList = domains.list();
  const inbox = resend.inbox();
  return {
    workers: store.workers().map(({ name }) => ({
      name,
      url: `http://${name}.localhost:${edgePort}/`,
      domains: domainList.filter(({ service }) => service === name).map(({ hostname }) => hostname),
      shares: (store.newestDeployment(name)?.versions ?? []).map(({ versionId, percentage }) => {
        const version = store.version(versionId);
        const { "workers/tag": tag, "workers/message": message } = version?.annotations ?? {};
        return { versionId, percentage, number: version?.number ?? 0, label: tag ?? message ?? "" };
      }),
    })),
    mail: inbox.slice(0, MAIL_SHOWN).map(({ created_at, to, subject }) => ({
      at: created_at,
      to: [to].flat().join(", "),
      subject,
    })),
    mailCount: inbox.length,
  };
}
