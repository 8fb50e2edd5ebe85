import { createHash } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { prusaGcode } from "../../../lib/print-files/__tests__/gcodes.ts";
import { type DatabaseUnderTest, startDatabase } from "../support/database.ts";
import { newOwner, type Owner } from "../support/owner.ts";
import { startWorker, type WorkerUnderTest } from "../support/worker.ts";

export const MEBIBYTE = 1024 * 1024;
export const LIMIT_BYTES = 100 * MEBIBYTE;
export const PART_BYTES = 8 * MEBIBYTE;

/** What all tests of files and models share: one database, one Worker, one owner. */
export interface StorageStage {
  readonly database: DatabaseUnderTest;
  readonly worker: WorkerUnderTest;
  readonly owner: Owner;
  readonly begin: (plan: UploadPlan, who?: Owner) => Promise<Response>;
  readonly putPart: (
    id: string,
    number: number,
    part: { readonly content: Uint8Array; readonly headers?: Readonly<Record<string, string>> },
  ) => Promise<Response>;
}

interface UploadPlan {
  readonly name?: string;
  readonly kind?: string;
  readonly sizeBytes?: number;
}

/** Opens the stage before the first test of a file, and closes it after the last. */
export function openStage(): StorageStage {
  let database: DatabaseUnderTest | undefined;
  let worker: WorkerUnderTest | undefined;
  let owner: Owner | undefined;

  beforeAll(async () => {
    database = await startDatabase();
    worker = await startWorker({ env: "staging", databaseUrl: database.url });
    owner = await newOwner(worker);
  });

  afterAll(async () => {
    await worker?.stop();
    await database?.stop();
  });

  return {
    get database() {
      return opened(database);
    },
    get worker() {
      return opened(worker);
    },
    get owner() {
      return opened(owner);
    },
    begin: (plan, who = opened(owner)) =>
      who.post("/api/files", { name: "part.gcode", kind: "print", sizeBytes: 10, ...plan }),
    putPart: (id, number, { content, headers = {} }) =>
      opened(owner).ask(`/api/files/${id}/parts/${number}`, {
        method: "PUT",
        headers: { "x-content-sha256": sha256(content), ...headers },
        body: content as BodyInit,
      }),
  };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** G-code of so many bytes. */
export function gcodeOf(sizeBytes: number): Buffer {
  const [head = "", tail = ""] = prusaGcode().split(/(?<=M140 S60\n)/u);
  const filler = Buffer.alloc(sizeBytes - head.length - tail.length, "G1 X1\n");
  return Buffer.concat([Buffer.from(head), filler, Buffer.from(tail)]);
}

/** What an answer refuses, with its status. */
export async function errorOf(answer: Response) {
  return { status: answer.status, ...(await answer.json()).error };
}

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The stage isn't open yet");
  return value;
}
