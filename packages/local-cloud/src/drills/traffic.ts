import { api, uploadForm, type ApiAnswer } from "../testing/api-client.ts";
import { startCloudProcess } from "../testing/cloud-process.ts";
import { seededRandom } from "../random.ts";
import type { Ready } from "../ready-file.ts";
import type { Drill } from "./drill.ts";
import { quantile, startLoad, type Hit } from "./load.ts";

export interface TrafficSettings {
  readonly seed: number;
  readonly changes: number;
  readonly requestsPerSecond: number;
  /** How long the slow ones among the requests take in the Worker. */
  readonly slowMs: number;
  readonly log: (line: string) => void;
}

export interface TrafficResult {
  readonly changes: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly slowRequests: number;
  /** Slow requests that were still in flight when their version lost its traffic. */
  readonly slowAcrossAChange: number;
  /** One line for each request without a whole and right answer. */
  readonly failures: readonly string[];
  /** Answers by a version that no deployment named between the request and the answer. */
  readonly misrouted: number;
  readonly versions: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const WORKER = "traffic";

/** Every answer is `<version id> <what was asked for>`. */
const SOURCE = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/slow/")) await scheduler.wait(Number(pathname.slice(6)));
    const body = request.method === "POST" ? await request.text() : pathname;
    return new Response(env.VERSION.id + " " + body);
  },
};`;

export const trafficDrill: Drill = {
  about:
    "No request fails under 200 requests/s and 200 changes of traffic, and requests of 5 s in flight finish.",
  run: async ({ seed, log }) => {
    const settings = { seed, changes: 200, requestsPerSecond: 200, slowMs: 5000, log };
    const result = await changeTrafficUnderLoad(settings);
    return { ok: holds(result), result };
  },
};

export function holds({ failures, misrouted, slowAcrossAChange }: TrafficResult): boolean {
  return failures.length === 0 && misrouted === 0 && slowAcrossAChange > 0;
}

/** Uploads, splits, routes, sets secrets and rolls back, at random, while requests go on. */
export async function changeTrafficUnderLoad(settings: TrafficSettings): Promise<TrafficResult> {
  const cloud = await startCloudProcess();
  try {
    return await drill(cloud.ready, settings);
  } finally {
    await cloud.end("SIGTERM");
  }
}

/** Which versions a deployment named, and from when to when; open-ended for the newest. */
interface Period {
  readonly versionIds: readonly string[];
  readonly from: number;
  until: number;
}

async function drill(ready: Ready, settings: TrafficSettings): Promise<TrafficResult> {
  const random = seededRandom(settings.seed);
  const operator = await createOperator(ready, random);
  const hits: Hit[] = [];
  let sent = 0;
  const load = startLoad(ready, settings.requestsPerSecond, {
    next: () => {
      sent += 1;
      const host = `${WORKER}.localhost`;
      if (sent % 40 === 0) return { host, path: `/slow/${settings.slowMs}` };
      return sent % 5 === 0
        ? { host, path: "/", method: "POST", body: `body ${sent}` }
        : { host, path: `/${sent}` };
    },
    onHit: (hit) => hits.push(hit),
  });
  const changes: Record<string, number> = {};
  for (let done = 1; done <= settings.changes; done += 1) {
    const kind = await operator.change();
    changes[kind] = (changes[kind] ?? 0) + 1;
    const failed = hits.filter((hit) => problemOf(hit) !== undefined).length;
    if (done % 20 === 0)
      settings.log(`${done} of ${settings.changes} changes, ${hits.length} answers, ${failed} failed`);
  }
  await load.stop();
  return judge(hits, { changes, periods: operator.periods, versions: operator.versionCount() });
}

interface Operator {
  readonly periods: readonly Period[];
  versionCount(): number;
  /** Makes one change; returns its kind. */
  change(): Promise<string>;
}

async function createOperator(ready: Ready, random: () => number): Promise<Operator> {
  const scripts = `/workers/scripts/${WORKER}`;
  const bindings = [{ type: "version_metadata", name: "VERSION" }];
  const versions: string[] = [];
  const periods: Period[] = [];
  let uploads = 0;

  /** Calls the API, and takes note of what may answer from then on. */
  async function changing(call: () => Promise<ApiAnswer>): Promise<void> {
    const from = performance.now();
    const answer = await call();
    if (!answer.success) throw new Error(`a change was refused: ${JSON.stringify(answer.errors)}`);
    const { result } = await api(ready, `GET ${scripts}/deployments`);
    const [newest] = (result as { deployments: { versions: { version_id: string }[] }[] }).deployments;
    const versionIds = (newest?.versions ?? []).map(({ version_id: id }) => id);
    for (const id of versionIds) if (!versions.includes(id)) versions.push(id);
    const until = performance.now();
    for (const period of periods) period.until = Math.min(period.until, until);
    periods.push({ versionIds, from, until: Infinity });
  }

  const form = () => {
    uploads += 1;
    return uploadForm(`${SOURCE}\n// ${uploads}`, { bindings, keep_bindings: ["secret_text"] });
  };
  const upload = async () => {
    const answer = await api(ready, `POST ${scripts}/versions`, form());
    if (!answer.success) throw new Error(`an upload was refused: ${JSON.stringify(answer.errors)}`);
    versions.push((answer.result as { id: string }).id);
  };
  const deploy = (shares: readonly { version_id: string; percentage: number }[]) =>
    changing(() =>
      api(ready, `POST ${scripts}/deployments?force=true`, { strategy: "percentage", versions: shares }),
    );
  const full = () => deploy([{ version_id: versions.at(-1) ?? "", percentage: 100 }]);
  const isDeployed = () => periods.at(-1)?.versionIds.includes(versions.at(-1) ?? "") === true;

  const kinds: Readonly<Record<string, () => Promise<void>>> = {
    upload,
    full,
    split: async () => {
      if (isDeployed()) await upload();
      const [older = "", newer = ""] = [periods.at(-1)?.versionIds[0], versions.at(-1)];
      const percentage = Math.round(random() * 100);
      await deploy([
        { version_id: older, percentage: 100 - percentage },
        { version_id: newer, percentage },
      ]);
    },
    secret: async () => {
      if (!isDeployed()) await full();
      const secret = { name: "SECRET", text: String(random()), type: "secret_text" };
      await changing(() => api(ready, `PUT ${scripts}/secrets`, secret));
    },
    rollback: async () => {
      const recent = versions.slice(-10, -1);
      const target = recent[Math.floor(random() * recent.length)];
      await deploy([{ version_id: target ?? versions[0] ?? "", percentage: 100 }]);
    },
  };

  await changing(() => api(ready, `PUT ${scripts}`, form()));
  const names = Object.keys(kinds);
  return {
    periods,
    versionCount: () => versions.length,
    change: async () => {
      const name = names[Math.floor(random() * names.length)] ?? "full";
      await kinds[name]?.();
      return name;
    },
  };
}

function judge(
  hits: readonly Hit[],
  drilled: {
    readonly changes: Readonly<Record<string, number>>;
    readonly periods: readonly Period[];
    readonly versions: number;
  },
): TrafficResult {
  const { changes, periods, versions } = drilled;
  const isSlow = ({ shot }: Hit) => shot.path.startsWith("/slow/");
  const failures = hits.flatMap((hit) => {
    const problem = problemOf(hit);
    return problem === undefined ? [] : [`${hit.shot.method ?? "GET"} ${hit.shot.path}: ${problem}`];
  });
  const answered = hits.filter((hit) => problemOf(hit) === undefined);
  const allowed = ({ sentAt, endedAt, body }: Hit) =>
    periods.some(
      ({ versionIds, from, until }) =>
        versionIds.includes(body.slice(0, 36)) && from <= endedAt && until >= sentAt,
    );
  const acrossAChange = ({ sentAt, endedAt, body }: Hit) =>
    periods.every(
      ({ versionIds, from, until }) =>
        !versionIds.includes(body.slice(0, 36)) || from > endedAt || until < endedAt,
    ) && sentAt < endedAt;
  const durations = answered.filter((hit) => !isSlow(hit)).map(({ sentAt, endedAt }) => endedAt - sentAt);
  return {
    changes,
    versions,
    requests: hits.length,
    slowRequests: hits.filter(isSlow).length,
    slowAcrossAChange: answered.filter((hit) => isSlow(hit) && acrossAChange(hit)).length,
    failures,
    misrouted: answered.filter((hit) => !allowed(hit)).length,
    p50Ms: Math.round(quantile(durations, 0.5) * 10) / 10,
    p95Ms: Math.round(quantile(durations, 0.95) * 10) / 10,
  };
}

function problemOf({ status, body, failure, shot }: Hit): string | undefined {
  if (failure !== undefined) return failure;
  if (status !== 200) return `status ${status}: ${body.slice(0, 100)}`;
  return body.slice(37) === (shot.body ?? shot.path) ? undefined : `answered ${body.slice(0, 100)}`;
}
