/** What a release does to its visitors. What is left out is well. */
export interface Behaviour {
  /** Its health report says so. */
  readonly unhealthy?: boolean;
  /** Its page lacks what visitors come for. */
  readonly wrong?: boolean;
  /** Share of the visitors that it throws an error at: 0 to 1. */
  readonly errorRate?: number;
  /** How long visitors wait. */
  readonly waitMs?: number;
  /** How long its health report takes. */
  readonly healthAfterMs?: number;
  /** The version that its health report says it is, as one that is kept in a cache does. */
  readonly claims?: string;
  /** It throws when it is loaded. */
  readonly broken?: boolean;
}

/** A release of the shop. Each has a day of its own, by which visitors can tell it from others. */
export interface Day {
  readonly number: number;
  readonly behaviour: Behaviour;
  /** It looks into a bucket before each answer, where a behaviour may be put that counts from then on. */
  readonly switched: boolean;
}

/** What every release says on its page, but for a wrong one. */
export const GOODS = "goods of day";

/** The Worker's module. */
export function workerSource({ number, behaviour, switched }: Day): string {
  return `const DAY = ${number};
const BEHAVIOUR = ${JSON.stringify(behaviour)};
${behaviour.broken === true ? 'throw new Error("the shelves are empty");' : ""}
async function behaviourOf(env) {
  const put = ${switched ? "await env.SWITCHES.get(env.APP_ENV)" : "null"};
  return put === null ? BEHAVIOUR : put.json();
}
export default {
  async fetch(request, env) {
    const { id: version, tag: release } = env.CF_VERSION_METADATA;
    const headers = { "x-worker-version": version, "x-release": release };
    const does = await behaviourOf(env);
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return health({ env, does, headers });
    if (pathname === "/key") return new Response(env.API_KEY, { headers });
    if (Math.random() < (does.errorRate ?? 0)) throw new Error("out of stock");
    if (does.waitMs) await new Promise((resolve) => setTimeout(resolve, does.waitMs));
    return new Response(does.wrong ? "nothing to see" : "${GOODS} " + DAY, { headers });
  },
};
async function health({ env, does, headers }) {
  if (does.healthAfterMs) await new Promise((resolve) => setTimeout(resolve, does.healthAfterMs));
  const { id, tag: release } = env.CF_VERSION_METADATA;
  const now = new Date().toISOString();
  const services = { database: does.unhealthy ? "down" : "ok", storage: "ok", email: "ok", schema: "ok" };
  const report = {
    schema: 1, status: does.unhealthy ? "unhealthy" : "healthy", timestamp: now, checkedAt: now, release,
    version: does.claims ?? id, environment: env.APP_ENV, services, latenciesMs: {}, schemaVersion: null,
    configuration: { API_KEY: env.API_KEY ? "present" : "absent" },
  };
  return Response.json(report, { status: does.unhealthy ? 503 : 200, headers });
}
`;
}
