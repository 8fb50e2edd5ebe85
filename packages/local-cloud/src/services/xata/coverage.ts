import type { Documented } from "../../http/routes.ts";

const SERVICE = "Xata: databases";
const SOURCE = "https://github.com/xataio/xata/tree/main/services/gateway";

/** What the gateway answers on a branch's port. */
export const GATEWAY: readonly Documented[] = [
  {
    method: "POST",
    path: "/sql",
    doc: {
      service: SERVICE,
      summary: "one query, or a batch as one transaction",
      source: SOURCE,
      fields: {
        "header: Connection-String":
          "approximated: a port leads to the branch, so its host must be this machine's",
        "header: Array-Mode, Raw-Text-Output, Batch-Isolation-Level, Batch-Read-Only, Batch-Deferrable":
          "supported",
        "query, params, arrayMode, queries": "supported",
        "100 queries in a batch, 65,535 parameters, a body of 64 MB": "supported",
        "a response over 10 MB": "supported",
        "a query over 30 s": "supported",
        "connections beyond the limit":
          "approximated: 100 for every branch; a real one has them by instance type",
      },
    },
  },
  {
    method: "GET",
    path: "/v2",
    doc: {
      service: SERVICE,
      summary: "PostgreSQL's protocol over a WebSocket",
      source: SOURCE,
      fields: { "a password sent with the startup message": "supported" },
    },
  },
  {
    method: "TCP",
    path: "PostgreSQL's protocol",
    doc: {
      service: SERVICE,
      summary: "a direct session",
      source: SOURCE,
      fields: {
        "the hosts -rw, -ro and -pooler": "approximated: one port for all of them",
        TLS: "refused: the DSN says sslmode=disable",
      },
    },
  },
  {
    method: "Each",
    path: "branch",
    doc: {
      service: SERVICE,
      summary: "a PostgreSQL 18 cluster of its own",
      source: "https://xata.io/docs",
      fields: {
        "a child":
          "approximated: a whole copy, which shares its blocks with the parent's where the file system can",
        "restore to a point in time":
          "approximated: from a base copy at a start of the branch, at most one a day",
        "hibernation when idle":
          "approximated: idle is without a connection; a request or a connection wakes it",
        wake: "approximated: as fast as PostgreSQL starts; a real one can take up to 50 s",
        "hibernation for good (scaleToZero off)": "supported",
        "IP filtering, replicas, extensions that need preloading": "refused: there are none",
      },
    },
  },
];
