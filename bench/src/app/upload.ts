import { createHash, randomBytes } from "node:crypto";
import { threeMf } from "../../../lib/print-files/__tests__/archives.ts";
import { below, told, type BenchLine } from "../line.ts";
import { median } from "../median.ts";
import type { Stage } from "./stage.ts";
import { startWorkerd, type RunningWorker } from "./workerd.ts";

const MEBIBYTE = 1024 * 1024;
const ROUNDS = 3;
const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 60_000;

/**
 * How far the memory of a Worker's process rises while it takes a 3MF of a hundred megabytes and looks at it, each time
 * in a new one that has taken a small file before. The bucket is in another process.
 */
export async function benchUpload(stage: Stage): Promise<readonly BenchLine[]> {
  const small = threeMf([]);
  const large = threeMf([{ name: "mesh", content: randomBytes(99 * MEBIBYTE), stored: true }]);
  const rises: Rise[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const worker = await startWorkerd(stage.appPlan);
    try {
      await sendAndSettle(worker, stage, small);
      rises.push(await riseDuring(worker, () => sendAndSettle(worker, stage, large)));
    } finally {
      await worker.stop();
    }
  }
  return [
    below(
      "memory over idle, during an upload of 100 MB",
      median(rises.map(({ bytes }) => bytes)) / MEBIBYTE,
      {
        unit: "MiB",
        limit: 64,
      },
    ),
    told("memory when idle", median(rises.map(({ idleBytes }) => idleBytes)) / MEBIBYTE, "MiB"),
  ];
}

interface Rise {
  readonly idleBytes: number;
  readonly bytes: number;
}

async function riseDuring({ memoryBytes }: RunningWorker, work: () => Promise<void>): Promise<Rise> {
  const idleBytes = memoryBytes();
  let highest = idleBytes;
  const timer = setInterval(() => (highest = Math.max(highest, memoryBytes())), LOOK_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { idleBytes, bytes: highest - idleBytes };
}

/** As the pages do: two parts at a time. Resolves when the file was looked at, and found good. */
async function sendAndSettle(worker: RunningWorker, { owner }: Stage, content: Uint8Array): Promise<void> {
  const ask = async (request: string, body?: object | Uint8Array) => {
    const [method = "", path = ""] = request.split(" ");
    const answer = await fetch(`${worker.origin}${path}`, {
      method,
      headers: { ...owner, origin: worker.origin, ...headersFor(body) },
      ...(body !== undefined && {
        body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${request} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const plan = { name: "bench.3mf", kind: "print", sizeBytes: content.length };
  const { id, partBytes, partCount } = await ask("POST /api/files", plan);
  const waiting = Array.from({ length: partCount }, (_, index) => index);
  const lane = async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const part = content.subarray(index * partBytes, (index + 1) * partBytes);
      await ask(`PUT /api/files/${id}/parts/${index + 1}`, part);
    }
  };
  await Promise.all([lane(), lane()]);
  await ask(`POST /api/files/${id}/complete`, { sha256: sha256(content) });
  await untilReady(() => ask(`GET /api/trpc/files.get?input=${encodeURIComponent(JSON.stringify({ id }))}`));
}

/** What the answers have between them. */
interface Answer {
  readonly id: string;
  readonly partBytes: number;
  readonly partCount: number;
  readonly result: { readonly data: { readonly state: string } };
}

async function untilReady(look: () => Promise<Answer>): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const { state } = (await look()).result.data;
    if (state === "ready") return;
    if (state !== "processing" || performance.now() > deadlineMs) throw new Error(`the file is ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function headersFor(body: object | Uint8Array | undefined): Readonly<Record<string, string>> {
  if (body === undefined) return {};
  return body instanceof Uint8Array
    ? { "x-content-sha256": sha256(body) }
    : { "content-type": "application/json" };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
