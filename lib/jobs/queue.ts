import type { Job } from "../../generated/prisma/client.ts";
import type { FilamentName } from "../filaments/shape.ts";
import type { Scope } from "../scope.ts";
import { type JobOutlook, type OpenJob, outlookOf } from "../stock/outlook.ts";
import { type OpenJobs, readOpenJobs } from "./read-open.ts";
import type { JobQueue, QueuedJob } from "./shape.ts";

/** What waits and what runs, with what there is for it. */
export async function readQueue(scope: Scope): Promise<JobQueue> {
  return queueOf(await readOpenJobs(scope));
}

export function queueOf(open: OpenJobs): JobQueue {
  const outlooks = outlookOf(
    open.jobs.map((job) => openJob(job, open)),
    open.spools,
  );
  const jobs = open.jobs.map((job, index) => queuedJob(job, { outlook: outlooks[index], open }));
  return {
    jobs,
    printSeconds: jobs.reduce((sum, job) => sum + (job.printSeconds ?? 0) * job.copies, 0),
    costCents: jobs.reduce((sum, job) => sum + job.costCents, 0),
  };
}

function openJob({ id }: Job, { needs }: OpenJobs): OpenJob {
  const own = needs.get(id) ?? [];
  return {
    id,
    needs: own.map(({ filamentId, neededGrams }) => ({ filamentId, neededGrams: Number(neededGrams) })),
  };
}

interface QueuedScene {
  readonly outlook: JobOutlook | undefined;
  readonly open: OpenJobs;
}

function queuedJob(job: Job, { outlook, open }: QueuedScene): QueuedJob {
  const { id, title, copies, printSeconds, notes, revisionId, startedAt, createdAt } = job;
  return {
    id,
    title,
    copies,
    state: job.state === "printing" ? "printing" : "queued",
    printSeconds,
    notes,
    revisionId,
    startedAt,
    createdAt,
    feasible: outlook?.feasible ?? true,
    needs: (outlook?.needs ?? []).map(({ filamentId, neededGrams, availableGrams, missingGrams }) => ({
      filament: nameIn(open, filamentId),
      neededGrams,
      availableGrams,
      missingGrams,
    })),
    costCents: outlook?.costCents ?? 0,
  };
}

function nameIn({ filaments }: OpenJobs, id: string): FilamentName {
  const { brand, material, colorName, colorHex } = filaments.get(id) ?? UNKNOWN;
  return { id, brand, material, colorName, colorHex };
}

/** A filament that came between the reads, if they were not one transaction. */
const UNKNOWN = { brand: "", material: "", colorName: "unknown", colorHex: "#808080" };
