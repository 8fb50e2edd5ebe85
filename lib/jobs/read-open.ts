import type { Filament, Job, JobFilament, Spool } from "../../generated/prisma/client.ts";
import { owned, type Scope } from "../scope.ts";
import type { StockedSpool } from "../stock/take.ts";
import { OPEN_STATES } from "./states.ts";

export interface OpenJobs {
  /** Running prints first, then in the order of the queue. */
  readonly jobs: readonly Job[];
  readonly needs: ReadonlyMap<string, readonly JobFilament[]>;
  readonly filaments: ReadonlyMap<string, Filament>;
  readonly spools: readonly StockedSpool[];
}

/** The queue with all that decides whether it can be printed. */
export async function readOpenJobs(scope: Scope): Promise<OpenJobs> {
  return openJobs(await scope.database.$transaction([...openJobReads(scope)]));
}

/** What `openJobs` is made of, for a list of reads that is one request. */
export function openJobReads({ database, ...scope }: Scope) {
  const mine = owned({ database, ...scope });
  const open = { ...mine, state: { in: [...OPEN_STATES] } };
  const wanted = { ...mine, needs: { some: { job: open } } };
  return [
    database.job.findMany({ where: open }),
    database.jobFilament.findMany({ where: { ...mine, job: open }, orderBy: { id: "asc" } }),
    database.filament.findMany({ where: wanted }),
    database.spool.findMany({ where: { ...mine, archivedAt: null, filament: wanted } }),
  ] as const;
}

export function openJobs([jobs, needs, filaments, spools]: readonly [
  readonly Job[],
  readonly JobFilament[],
  readonly Filament[],
  readonly Spool[],
]): OpenJobs {
  return {
    jobs: jobs.toSorted(byTurn),
    needs: Map.groupBy(needs, ({ jobId }) => jobId),
    filaments: new Map(filaments.map((filament) => [filament.id, filament])),
    spools: spools.map(stockedSpool),
  };
}

/** A spool with its grams as a number. */
export function stockedSpool<Row extends Spool>(row: Row): Omit<Row, "remainingGrams"> & StockedSpool {
  return { ...row, remainingGrams: Number(row.remainingGrams) };
}

/** Running prints by their start, the others by their place. */
function byTurn(a: Job, b: Job): number {
  const running = Number(b.state === "printing") - Number(a.state === "printing");
  const started = (a.startedAt?.getTime() ?? 0) - (b.startedAt?.getTime() ?? 0);
  return (
    running ||
    started ||
    a.position - b.position ||
    a.createdAt.getTime() - b.createdAt.getTime() ||
    (a.id < b.id ? -1 : 1)
  );
}
