import type { DataPlane } from "./data-plane.ts";
import type { EdgeSources } from "./dataplane/edge.ts";
import type { RequestRecord } from "./dataplane/exchange.ts";
import type { Observations } from "./own-routes.ts";
import type { LoggedRequest, RequestLog } from "./request-log.ts";
import type { AnalyticsBackend } from "./services/analytics/backend.ts";
import type { DomainsBackend } from "./services/domains/backend.ts";
import type { WorkersStore } from "./services/workers/store.ts";
import type { ZonesBackend } from "./services/zones/backend.ts";

/** What the edge asks of the rest, and who is told of each request. */
export function edgeSources(parts: {
  readonly domains: DomainsBackend;
  readonly zones: ZonesBackend;
  readonly store: WorkersStore;
  readonly dataPlane: DataPlane;
  readonly observations: Observations;
  readonly analytics: AnalyticsBackend;
  readonly requests: RequestLog;
  readonly indexPage: EdgeSources["indexPage"];
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
  readonly log: (line: string) => void;
}): EdgeSources {
  const { domains, zones, store, dataPlane, observations, analytics, requests, indexPage, log } = parts;
  return {
    hosts: {
      customDomain: (hostname) => domains.workerOf(hostname) ?? zones.workerOf(hostname),
      worker: (name) => store.worker(name),
      previewedVersion: (worker, prefix) => dataPlane.previewedVersion(worker, prefix),
    },
    candidates: (worker) => dataPlane.candidates(worker),
    version: (id) => store.version(id),
    lease: (version) => dataPlane.lease(version),
    indexPage,
    onRequest: (record) => {
      count(observations, record);
      analytics.answered(record);
      requests.record(loggedEdgeRequest(record));
      parts.onRequest?.(record);
    },
    log,
  };
}

function count({ answered }: Observations, { worker, versionId, pinned }: RequestRecord): void {
  if (worker === undefined || versionId === undefined) return;
  const versions = (answered[worker] ??= {});
  const counts = (versions[versionId] ??= { total: 0, pinned: 0 });
  counts.total += 1;
  if (pinned) counts.pinned += 1;
}

function loggedEdgeRequest(record: RequestRecord): LoggedRequest {
  const { at, method, host, path, status, durationMs, ray, worker, versionId } = record;
  return {
    at,
    service: "edge",
    method,
    host,
    path,
    status,
    durationMs: Math.round(durationMs),
    ray,
    worker,
    versionId,
  };
}
