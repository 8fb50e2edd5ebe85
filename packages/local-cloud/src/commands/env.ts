import process from "node:process";
import { resolve } from "node:path";
import { readReadyFile, type Ready } from "../ready-file.ts";

/** Prints what a shell needs for wrangler and the official SDKs to talk to the running local cloud. */
export function env({ dataDir }: { readonly dataDir: string }): number {
  const ready = readReadyFile(resolve(dataDir));
  const lines = Object.entries(clientEnvironment(ready)).map(
    ([name, value]) => `export ${name}=${quoted(value)}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

/** Environment variables of Cloudflare's and Xata's own clients, and the addresses that nothing else tells. */
export function clientEnvironment(ready: Ready): Readonly<Record<string, string>> {
  const databases = Object.entries(ready.databases).flatMap(([name, { url, directUrl }]) => {
    const prefix = `LOCAL_CLOUD_${name.toUpperCase().replaceAll(/[^A-Z0-9]/gu, "_")}`;
    return [
      [`${prefix}_URL`, url],
      [`${prefix}_DIRECT_URL`, directUrl],
    ];
  });
  return {
    CLOUDFLARE_API_BASE_URL: ready.apiBaseUrl,
    CLOUDFLARE_BASE_URL: ready.apiBaseUrl,
    CLOUDFLARE_API_TOKEN: ready.apiToken,
    CLOUDFLARE_ACCOUNT_ID: ready.accountId,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    LOCAL_CLOUD_EDGE_URL: ready.edgeUrl,
    LOCAL_CLOUD_EDGE_TLS_URL: ready.edgeTlsUrl,
    NODE_EXTRA_CA_CERTS: ready.caFile,
    LOCAL_CLOUD_INBOX_URL: ready.inboxUrl,
    ...(Object.fromEntries(databases) as Record<string, string>),
    ...(ready.xata && {
      XATA_API_BASE_URL: ready.xata.apiBaseUrl,
      XATA_API_KEY: ready.xata.apiKey,
      XATA_ORGANIZATION_ID: ready.xata.organizationId,
      XATA_PROJECT_ID: ready.xata.projectId,
      XATA_BRANCH_ID: ready.xata.branchId,
    }),
  };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
