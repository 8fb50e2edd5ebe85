import { escapeHtml } from "./http/html.ts";
import { link, pageReply, pageText, table } from "./http/page.ts";
import type { Route } from "./http/routes.ts";
import type { Overview, WorkerOverview } from "./overview.ts";
import type { LoggedRequest } from "./request-log.ts";

const REQUESTS_SHOWN = 200;

/** Pages for a person who opens the API's port: what this is and what is on it, and the requests that went by. */
export function startPageRoutes(parts: {
  readonly overview: () => Overview;
  /** The newest requests, oldest of them first. */
  readonly requests: (query: { readonly limit: number }) => readonly LoggedRequest[];
  readonly edgePort: () => number;
}): readonly Route[] {
  const { overview, requests, edgePort } = parts;
  return [
    {
      method: "GET",
      path: "/",
      scope: "none",
      doc: { service: "The local cloud's own", summary: "what runs, as a page" },
      handle: () => pageReply(startPage(overview(), edgePort())),
    },
    {
      method: "GET",
      path: "/requests",
      scope: "none",
      doc: { service: "The local cloud's own", summary: "the newest requests, as a page" },
      handle: () => pageReply(requestsPage(requests({ limit: REQUESTS_SHOWN }).toReversed())),
    },
  ];
}

function startPage({ workers, mailCount }: Overview, edgePort: number): string {
  const rows = workers.map((worker) => [escapeHtml(worker.name), hosts(worker), serves(worker)]);
  return pageText(
    "Start",
    `<h1>Local cloud</h1>
<p>Cloudflare's API, its edge and what a Worker needs around it, on this machine. This port is the API's: <code>/client/v4</code>.
In a shell, <code>eval "$(npx local-cloud env)"</code> points wrangler and the official SDKs at it.</p>
<ul>
<li>${link("/inbox", "Inbox")}: ${mailCount} ${mailCount === 1 ? "mail" : "mails"} that Workers sent</li>
<li>${link("/requests", "Requests")} that the API, the edge and the databases answered</li>
<li>${link(`http://localhost:${edgePort}/`, "Edge")}: where Workers answer</li>
</ul>
<h2>Workers</h2>
${rows.length === 0 ? "<p>No Worker is deployed yet: <code>npx wrangler deploy</code></p>" : table(["Worker", "Hosts", "Serves"], rows)}`,
  );
}

function hosts({ url, domains }: WorkerOverview): string {
  return [link(url), ...domains.map((domain) => `<code>${escapeHtml(domain)}</code>`)].join("<br>");
}

function serves({ shares }: WorkerOverview): string {
  const rows = shares.map(({ percentage, versionId, number, label }) => {
    const note = label === "" ? "" : ` ${escapeHtml(label)}`;
    return `${percentage}% <code>${escapeHtml(versionId.slice(0, 8))}</code> v${number}${note}`;
  });
  return rows.join("<br>") || "not deployed";
}

function requestsPage(newestFirst: readonly LoggedRequest[]): string {
  const rows = newestFirst.map(
    ({ at, service, method, host, path, status, durationMs, versionId, fault }) => [
      escapeHtml(at.slice(11, 23)),
      escapeHtml(service),
      `${escapeHtml(method)} ${escapeHtml(`${host ?? ""}${path}`)}`,
      status === undefined ? "no answer" : String(status),
      durationMs === undefined ? "" : `<span class="number">${Math.round(durationMs)} ms</span>`,
      [versionId?.slice(0, 8), fault]
        .filter((text) => text !== undefined)
        .map(escapeHtml)
        .join("<br>"),
    ],
  );
  return pageText(
    "Requests",
    `<h1>Requests</h1>
<p>The newest ${REQUESTS_SHOWN}, newest first; times are UTC. Headers and bodies are never kept. More: <code>npx local-cloud log</code></p>
${rows.length === 0 ? "<p>None yet.</p>" : table(["At", "Service", "Request", "Status", "Took", "Version, fault"], rows)}`,
  );
}
