import type { AppError } from "./app-error.ts";

/** The page for an uncaught error. Needs no script, style sheet or asset, since any of them may be what failed. */
export function errorPage(requestId: string, nonce: string): string {
  return page({
    title: "Something failed here.",
    paragraphs: [
      "It is not your fault, and it has been written down. Please try again in a moment.",
      `If it stays, tell us this number: <code>${escapeHtml(requestId)}</code>`,
    ],
    nonce,
  });
}

/** The page for a refusal of what a browser was led to outside of FM5's own pages: a download. */
export function refusalPage({ message, hint = "" }: AppError, nonce: string): string {
  return page({ title: escapeHtml(message), paragraphs: hint === "" ? [] : [escapeHtml(hint)], nonce });
}

interface PlainPage {
  /** Like the paragraphs, this is HTML. */
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly nonce: string;
}

function page({ title, paragraphs, nonce }: PlainPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · FM5</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; }
  main { max-width: 32rem; }
  h1 { line-height: 1.2; margin: 0 0 .5rem; }
  code { font-size: .9em; overflow-wrap: anywhere; }
</style>
<main>
  <h1>${title}</h1>
${paragraphs.map((text) => `  <p>${text}</p>`).join("\n")}
  <p><a href="/">Back to the start</a></p>
</main>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}
