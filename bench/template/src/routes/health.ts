import { env } from "cloudflare:workers";
import { createFileRoute } from "@tanstack/react-router";
import { createXataClient } from "prisma-xata";

const FINDINGS_LAST_MS = 1000;

interface Findings {
  readonly checkedAt: string;
  readonly services: Readonly<Record<"database" | "storage", "ok" | "down">>;
}

let last: Findings | undefined;

/**
 * The same kind of work as FM5's `/health`: database and bucket are really asked, at most once a second, and the report
 * is JSON. It doesn't check settings, migrations or mail, doesn't limit how long a service may take, has no request id,
 * no headers that protect, and logs nothing.
 */
export const Route = createFileRoute("/health")({
  server: {
    handlers: {
      GET: async () => {
        const isFresh = last !== undefined && Date.parse(last.checkedAt) > Date.now() - FINDINGS_LAST_MS;
        const findings = isFresh ? last : (last = await findOut());
        return Response.json(
          { status: "healthy", timestamp: new Date().toISOString(), ...findings },
          { headers: { "cache-control": "no-store" } },
        );
      },
    },
  },
});

async function findOut(): Promise<Findings> {
  const { XATA_DATABASE_URL: url, FILE_STORAGE: bucket } = env as unknown as Bindings;
  const [database, storage] = await Promise.all([
    stateOf(createXataClient({ url }).query("SELECT 1")),
    stateOf(bucket.head("health-check")),
  ]);
  return { checkedAt: new Date().toISOString(), services: { database, storage } };
}

interface Bindings {
  readonly XATA_DATABASE_URL: string;
  readonly FILE_STORAGE: { readonly head: (key: string) => Promise<unknown> };
}

async function stateOf(asked: Promise<unknown>): Promise<"ok" | "down"> {
  return asked.then(
    () => "ok" as const,
    () => "down" as const,
  );
}
