import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "testkit";
import { below, told, type BenchLine } from "../line.ts";
import { median } from "../median.ts";
import { modulesIn, startWorkerd, type WorkerPlan } from "./workerd.ts";

const ROUNDS = 5;
/** A quarter of what Cloudflare allows. @see https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time */
const STARTUP_LIMIT_MS = 250;

/** What is uploaded, compressed as wrangler counts it, and what the Worker's global scope costs when an isolate starts. */
export async function benchStart(plan: WorkerPlan): Promise<readonly BenchLine[]> {
  const contents = modulesIn(plan.folder).map((name) => readFileSync(join(plan.folder, name)));
  const whole = Buffer.concat(contents);
  return [
    below("Worker bundle, compressed", gzipSync(whole).length / 1024, { unit: "KiB", limit: 1250 }),
    told("Worker bundle", whole.length / 1024, "KiB"),
    below("startup, processor time of a raw workerd beyond an empty Worker’s", await startup(plan), {
      unit: "ms",
      limit: STARTUP_LIMIT_MS,
    }),
  ];
}

async function startup(plan: WorkerPlan): Promise<number> {
  const folder = temporaryFolder("bench-empty");
  writeFileSync(join(folder, "index.mjs"), "export default { fetch() { return new Response(); } };");
  try {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      times.push((await start(plan)) - (await start({ folder })));
    return median(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(plan: WorkerPlan): Promise<number> {
  const worker = await startWorkerd(plan);
  try {
    return worker.cpuMs();
  } finally {
    await worker.stop();
  }
}
