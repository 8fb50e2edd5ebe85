import type { ErrorPage } from "./dataplane/error-pages.ts";
import { escapeHtml } from "./http/html.ts";
import type { DomainsBackend } from "./services/domains/backend.ts";
import type { WorkersStore } from "./services/workers/store.ts";

/** What a person sees who opens the edge's bare address: the Workers, where they answer, and what serves. */
export function edgeIndexPage(parts: {
  readonly store: WorkersStore;
  readonly domains: DomainsBackend;
  readonly edgePort: number;
}): ErrorPage {
  const { store, domains, edgePort } = parts;
  const rows = store.workers().map(({ name }) => {
    const own = [`http://${name}.localhost:${edgePort}/`];
    const links = own.map((url) => `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`);
    const hosts = domains
      .list()
      .filter(({ service }) => service === name)
      .map(({ hostname }) => `<code>${escapeHtml(hostname)}</code>`);
    const shares = (store.newestDeployment(name)?.versions ?? []).map(
      ({ versionId, percentage }) => `${percentage}% <code>${escapeHtml(versionId.slice(0, 8))}</code>`,
    );
    return `<tr><td>${escapeHtml(name)}</td><td>${[...links, ...hosts].join("<br>") || "no host"}</td><td>${shares.join("<br>") || "not deployed"}</td></tr>`;
  });
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Edge · local cloud</title>
<style>:root { color-scheme: light dark; } body { font: 1rem/1.5 system-ui; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .5rem; border-top: 1px solid #8885; vertical-align: top; }</style></head>
<body><h1>Edge of the local cloud</h1>
<p>Requests are routed by their Host header. A custom domain answers here too: <code>curl --connect-to ::127.0.0.1:${edgePort} http://HOST/</code></p>
<table><thead><tr><th>Worker</th><th>Hosts</th><th>Serves</th></tr></thead><tbody>${rows.join("")}</tbody></table>
${rows.length === 0 ? "<p>No Worker is deployed yet.</p>" : ""}
</body></html>
`;
  return { status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body };
}
