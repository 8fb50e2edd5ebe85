/** What the control plane knows about host names, as the edge needs it. */
export interface HostDirectory {
  /** The Worker of a custom domain. */
  readonly customDomain: (hostname: string) => string | undefined;
  readonly worker: (
    name: string,
  ) => { readonly subdomainEnabled: boolean; readonly previewsEnabled: boolean } | undefined;
  /** The version of a Worker that a preview prefix stands for: the first 8 hex digits of its id, or its alias. */
  readonly previewedVersion: (worker: string, prefix: string) => string | undefined;
}

export type Destination =
  | { readonly kind: "deployment"; readonly worker: string }
  | { readonly kind: "preview"; readonly worker: string; readonly versionId: string }
  | { readonly kind: "index" }
  | { readonly kind: "unknown"; readonly hostname: string };

/** The account's workers.dev subdomain. */
export const ACCOUNT_SUBDOMAIN = "local";

/** Names as Cloudflare gives them, which a Worker's subdomain setting turns on and off. */
const PUBLIC_SUFFIX = `.${ACCOUNT_SUBDOMAIN}.workers.dev`;

/** Names that a browser on this machine resolves by itself. They reach any Worker, so that a person can look at it. */
const LOCAL_SUFFIX = ".localhost";

/** Where a request goes, by the value of its Host header. */
export function destinationOf(host: string, directory: HostDirectory): Destination {
  const hostname = host.replace(/:\d+$/u, "").toLowerCase();
  const owner = directory.customDomain(hostname);
  if (owner !== undefined) return { kind: "deployment", worker: owner };
  const unknown: Destination = { kind: "unknown", hostname };
  if (hostname.endsWith(LOCAL_SUFFIX)) {
    const label = hostname.slice(0, -LOCAL_SUFFIX.length);
    return directory.worker(label)
      ? { kind: "deployment", worker: label }
      : (preview(label, directory) ?? unknown);
  }
  if (hostname.endsWith(PUBLIC_SUFFIX)) {
    const label = hostname.slice(0, -PUBLIC_SUFFIX.length);
    const enabled = directory.worker(label)?.subdomainEnabled === true;
    return enabled ? { kind: "deployment", worker: label } : (preview(label, directory) ?? unknown);
  }
  return isAddress(hostname) ? { kind: "index" } : unknown;
}

/** `<prefix>-<worker>`, where both may contain dashes. */
function preview(label: string, directory: HostDirectory): Destination | undefined {
  for (let dash = label.indexOf("-"); dash !== -1; dash = label.indexOf("-", dash + 1)) {
    const worker = label.slice(dash + 1);
    if (directory.worker(worker)?.previewsEnabled !== true) continue;
    const versionId = directory.previewedVersion(worker, label.slice(0, dash));
    if (versionId !== undefined) return { kind: "preview", worker, versionId };
  }
  return undefined;
}

function isAddress(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^\d+\.\d+\.\d+\.\d+$/u.test(hostname);
}
