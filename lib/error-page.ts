/** The page for an uncaught error. Needs no script, style sheet or asset, since any of them may be what failed. */
export function errorPage(requestId: string, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Something failed · FM5</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; }
  main { max-width: 32rem; }
  h1 { line-height: 1.2; margin: 0 0 .5rem; }
  code { font-size: .9em; overflow-wrap: anywhere; }
</style>
<main>
  <h1>Something failed here.</h1>
  <p>It is not your fault, and it has been written down. Please try again in a moment.</p>
  <p>If it stays, tell us this number: <code>${escapeHtml(requestId)}</code></p>
  <p><a href="/">Back to the start</a></p>
</main>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);
}
