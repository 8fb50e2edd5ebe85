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

/** Suffixes under which a Worker has a name of its own, besides its custom domains. */
const SUFFIXES = [`.${ACCOUNT_SUBDOMAIN}.workers.dev`, ".localhost"];

/** Where a request goes, by the value of its Host header. */
export function destinationOf(host: string, directory: HostDirectory): Destination {
  const hostname = host.replace(/:\d+$/u, "").toLowerCase();
  const owner = directory.customDomain(hostname);
  if (owner !== undefined) return { kind: "deployment", worker: owner };
  const suffix = SUFFIXES.find((candidate) => hostname.endsWith(candidate));
  if (suffix === undefined) return isAddress(hostname) ? { kind: "index" } : { kind: "unknown", hostname };
  return named(hostname.slice(0, -suffix.length), directory) ?? { kind: "unknown", hostname };
}

function named(label: string, directory: HostDirectory): Destination | undefined {
  if (directory.worker(label)?.subdomainEnabled) return { kind: "deployment", worker: label };
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
