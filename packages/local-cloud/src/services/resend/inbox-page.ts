import { escapeHtml } from "../../http/html.ts";
import type { StoredEmail } from "./backend.ts";

/** A page for a person: what was sent, newest first. HTML bodies are shown in a frame that runs and loads nothing. */
export function inboxPage(emails: readonly StoredEmail[], recipient: string): string {
  const items = emails.map(emailItem).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Inbox · local cloud</title>
<style>
  :root { color-scheme: light dark; } body { font: 1rem/1.5 system-ui; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
  article { border: 1px solid #8885; border-radius: .5rem; padding: 1rem; margin: 1rem 0; } h2 { margin: 0; font-size: 1.1rem; }
  iframe { width: 100%; min-height: 12rem; border: 1px solid #8885; background: white; } pre { white-space: pre-wrap; }
  small { opacity: .75; }
</style>
</head>
<body>
<h1>Inbox</h1>
<p>Mail that Workers sent through Resend. Nothing leaves this machine. As JSON: <a href="/inbox.json">/inbox.json</a></p>
<form action="/inbox"><label>Recipient <input type="search" name="to" value="${escapeHtml(recipient)}"></label> <button>Search</button></form>
${items === "" ? `<p>${recipient === "" ? "No mail yet." : "No such mail."}</p>` : items}
</body>
</html>
`;
}

function emailItem(email: StoredEmail): string {
  const { subject, created_at, from, to, cc, bcc, last_event, attachments } = email;
  const others = [...cc.map((address) => `cc ${address}`), ...bcc.map((address) => `bcc ${address}`)];
  const line = [created_at, last_event, `from ${from}`, `to ${to.join(", ")}`, ...others].join(" · ");
  const files = attachments.map(({ filename }) => filename ?? "unnamed").join(", ");
  return `<article>
<h2>${escapeHtml(subject)}</h2>
<small>${escapeHtml(line)}${files === "" ? "" : ` · attached: ${escapeHtml(files)}`}</small>
${bodyOf(email)}
</article>`;
}

function bodyOf({ subject, html, text }: StoredEmail): string {
  const plain = text === null ? "" : `<pre>${escapeHtml(text)}</pre>`;
  if (html === null) return plain;
  const frame = `<iframe sandbox srcdoc="${escapeHtml(html)}" title="${escapeHtml(subject)}"></iframe>`;
  return plain === "" ? frame : `${frame}\n<details><summary>Text part</summary>${plain}</details>`;
}
