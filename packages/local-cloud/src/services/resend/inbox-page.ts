import { escapeHtml } from "../../http/html.ts";
import type { StoredEmail } from "./backend.ts";

/** A page for a person: what was sent, newest first. HTML bodies are shown in a frame that runs nothing. */
export function inboxPage(emails: readonly StoredEmail[]): string {
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
${items === "" ? "<p>No mail yet.</p>" : items}
</body>
</html>
`;
}

function emailItem(email: StoredEmail): string {
  const body =
    email.html === undefined
      ? `<pre>${escapeHtml(email.text ?? "")}</pre>`
      : `<iframe sandbox srcdoc="${escapeHtml(email.html)}" title="${escapeHtml(email.subject)}"></iframe>`;
  return `<article>
<h2>${escapeHtml(email.subject)}</h2>
<small>${escapeHtml(email.created_at)} · from ${escapeHtml(email.from)} · to ${escapeHtml([email.to].flat().join(", "))}</small>
${body}
</article>`;
}
