import type { Settings } from "./load.ts";

/** Whether the control plane is on this machine: nobody but its user is served by it. */
export function isLocalCloud({ cloudflare }: Pick<Settings, "cloudflare">): boolean {
  const { hostname } = new URL(cloudflare.apiBaseUrl);
  return hostname === "127.0.0.1" || hostname === "localhost";
}
