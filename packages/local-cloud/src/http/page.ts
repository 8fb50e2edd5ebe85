import { escapeHtml } from "./html.ts";
import type { RawReply } from "./reply.ts";

/** A whole page in the look that the local cloud's own pages share; `body` is HTML. */
export function pageText(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · local cloud</title>
<style>:root { color-scheme: light dark; } body { font: 1rem/1.5 system-ui; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .5rem; border-top: 1px solid #8885; vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }</style></head>
<body>
${body}
</body>
</html>
`;
}

/** A page as an answer of the API's port; it runs nothing and loads nothing. */
export function pageReply(text: string): RawReply {
  const headers = {
    "content-type": "text/html; charset=UTF-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
  };
  return { kind: "raw", status: 200, headers, body: text };
}

/** A table with a head; the cells are HTML. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th>${escapeHtml(text)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

export function link(url: string, text = url): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}
