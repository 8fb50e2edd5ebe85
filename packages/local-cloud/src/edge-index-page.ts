import type { ErrorPage } from "./dataplane/error-pages.ts";
import { escapeHtml } from "./http/html.ts";
import { link, pageText, table } from "./http/page.ts";
import type { Overview } from "./overview.ts";

/** What a person sees who opens the edge's bare address: the Workers, where they answer, and what serves. */
export function edgeIndexPage({ workers }: Overview, edgePort: number): ErrorPage {
  const rows = workers.map(({ name, url, domains, shares }) => {
    const hosts = [link(url), ...domains.map((domain) => `<code>${escapeHtml(domain)}</code>`)];
    const served = shares.map(
      ({ percentage, versionId }) => `${percentage}% <code>${escapeHtml(versionId.slice(0, 8))}</code>`,
    );
    return [escapeHtml(name), hosts.join("<br>"), served.join("<br>") || "not deployed"];
  });
  const body = pageText(
    "Edge",
    `<h1>Edge of the local cloud</h1>
<p>Requests are routed by their Host header. A custom domain answers here too: <code>curl --connect-to ::127.0.0.1:${edgePort} http://HOST/</code></p>
${rows.length === 0 ? "<p>No Worker is deployed yet.</p>" : table(["Worker", "Hosts", "Serves"], rows)}`,
  );
  return { status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body };
}
