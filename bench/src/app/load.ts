import autocannon from "autocannon";
import { median } from "../median.ts";
import type { RunningWorker } from "./workerd.ts";

const CONNECTIONS = 20;
const SECONDS = 3;

export interface Asked {
  readonly worker: RunningWorker;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  /** Requests in a second of the Worker's own processor time: what one core does, however busy the machine is. */
  readonly perCoreSecond: number;
  readonly p99Ms: number;
}

/** Medians of several rounds, in each of which all are asked one after another: what disturbs one disturbs the others. */
export async function loadInTurn(asked: readonly Asked[], rounds: number): Promise<readonly Answered[]> {
  for (const each of asked) await load(each, 1);
  const taken: Answered[][] = asked.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, each] of asked.entries()) taken[index]?.push(await load(each, SECONDS));
  return taken.map((answers) => ({
    perCoreSecond: median(answers.map(({ perCoreSecond }) => perCoreSecond)),
    p99Ms: median(answers.map(({ p99Ms }) => p99Ms)),
  }));
}

/** @throws when a request isn't answered well */
async function load({ worker, path, headers = {} }: Asked, duration: number): Promise<Answered> {
  const before = worker.cpuMs();
  const url = `${worker.origin}${path}`;
  const { requests, latency, non2xx, errors } = await autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    duration,
  });
  if (non2xx + errors > 0) throw new Error(`${path}: ${non2xx + errors} requests failed`);
  const perCoreSecond = (requests.total * 1000) / (worker.cpuMs() - before);
  return { perCoreSecond, p99Ms: latency.p99 };
}
