import type { Documented } from "../http/routes.ts";

const SERVICE = "The edge";
const SOURCE = "https://developers.cloudflare.com/workers/";

/** What the edge does with requests to Workers. */
export const EDGE: readonly Documented[] = [
  {
    method: "any",
    path: "http(s)://HOST/*",
    doc: {
      service: SERVICE,
      summary: "a request to a Worker",
      source: SOURCE,
      fields: {
        "custom domains, routes of the form HOST/*": "supported",
        "routes with a path": "refused: 501 with 10501, when they are set",
        "NAME.local.workers.dev, preview addresses by version and by alias": "supported",
        "NAME.localhost":
          "approximated: besides, and whether or not the subdomain is on, for browsers on this machine",
        "splits, Cloudflare-Workers-Version-Key, Cloudflare-Workers-Version-Overrides": "supported",
        "which part of the keys goes to which version": "approximated: a hash of its own",
        "HTTP/1.1, HTTP/2 over TLS, WebSocket, streaming both ways": "supported",
        "HTTP/3": "refused: not listened for",
        "a certificate": "approximated: of a local authority, for any name",
        "request.cf, cf-ray, cf-connecting-ip, cf-ipcountry":
          "approximated: those of one made-up data centre and country",
        "caches, firewall rules, redirects and other settings of a zone": "approximated: there are none",
      },
    },
  },
  {
    method: "page",
    path: "error code: NNNN",
    doc: {
      service: SERVICE,
      summary: "what is answered in place of a Worker",
      source: `${SOURCE}observability/errors/#error-pages-generated-by-workers`,
      fields: {
        "1101, an exception": "supported",
        "1102, CPU time or memory used up":
          "approximated: the process of the version is ended, with the other requests that it has",
        "1022, the Worker can't be reached": "supported",
        "1042, nothing has that host": "supported",
        "1016, a host that a Worker fetches":
          "approximated: no request of a Worker leaves this machine, so every host but the known services",
        "1019, Workers that call each other without end":
          "approximated: never, since a Worker reaches no other Worker (1016)",
        "1015 and 1027, the limits of the free plan":
          "approximated: never, the account is one of the paid plan",
        "the page itself": "approximated: its own words; the line `error code: NNNN` is the real one",
      },
    },
  },
];
