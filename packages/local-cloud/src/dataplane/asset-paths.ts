import type { VersionDocument } from "../services/workers/model.ts";

type Assets = NonNullable<VersionDocument["assets"]>;

/**
 * Whether assets may answer a path, with or without a query; a false one goes to the Worker in any case. True too often
 * costs time alone, so what depends on more than the names of the files is always true.
 * @see https://developers.cloudflare.com/workers/static-assets/routing/
 */
export function mayBeAsset({ config, manifest }: Assets): (path: string) => boolean {
  const { not_found_handling: notFound = "none", run_worker_first: workerFirst = false } = config;
  const { _redirects: redirects, base_path: base } = config;
  if (notFound !== "none" || workerFirst !== false || (redirects ?? base) !== undefined) return () => true;
  const pages = new Set(Object.keys(manifest).map(pageOf));
  return (path) => {
    const decoded = decodedPath(path);
    return decoded === undefined || pages.has(pageOf(decoded));
  };
}

/** What the forms have in common under which a page is found: `/a`, `/a/`, `/a.html`, `/a/index`, `/a/index.html`. */
function pageOf(path: string): string {
  return path.replaceAll(/\/{2,}/gu, "/").replace(/(?:\/index|\.html|\/)+$/u, "");
}

function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(new URL(`http://edge${path}`).pathname);
  } catch {
    return undefined;
  }
}
