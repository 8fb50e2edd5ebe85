import type { Job } from "../../generated/prisma/client.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { inTurn, type Transaction } from "../stock/in-turn.ts";
import { shareOf } from "../stock/grams.ts";
import { inOrderOfUse, planTakes, type Take } from "../stock/take.ts";
import { decideFinish, type FinishRequest, type FinishScene } from "./decide-finish.ts";
import { stockedSpool } from "./read-open.ts";
import type { FinishedJob, FinishPlan } from "./shape.ts";

interface Finish extends FinishRequest {
  readonly id: string;
  readonly failure?: string;
}

/**
 * Ends a job and takes what it used off spools, all of it or nothing. Once more, or in two places at once, takes it once.
 * @throws {AppError} not_found; conflict and invalid as `decideFinish` says
 */
export async function finishJob(scope: Scope, { id, failure, ...request }: Finish): Promise<FinishedJob> {
  return inTurn(scope, async (transaction) => {
    const { job, scene } = await readScene(transaction, scope, id);
    const decision = decideFinish(scene, request);
    if (decision.kind === "already")
      return { state: request.outcome, already: true, takes: await takesOf(transaction, scope, id) };

    const reason = request.outcome === "completed" ? "printed" : "failed_print";
    await takeOffSpools(transaction, scope, { takes: decision.takes, jobId: job.id, reason });
    for (const [filamentId, usedGrams] of decision.used)
      await transaction.jobFilament.updateMany({
        where: { jobId: id, filamentId, ...owned(scope) },
        data: { usedGrams },
      });
    await transaction.job.updateMany({
      where: { id, ...owned(scope) },
      data: { state: request.outcome, endedAt: new Date(), ...(failure === undefined ? {} : { failure }) },
    });
    return { state: request.outcome, already: false, takes: [...decision.takes] };
  });
}

/** What the job would take off which spool now. @throws {AppError} not_found */
export async function planFinish(
  scope: Scope,
  { id, percentage }: { readonly id: string; readonly percentage: number },
): Promise<FinishPlan> {
  const { scene, filaments } = await readScene(scope.database, scope, id);
  return {
    needs: scene.job.needs.map(({ filamentId, neededGrams }) => {
      const spools = scene.spools.filter((spool) => spool.filamentId === filamentId);
      const grams = shareOf(neededGrams, percentage);
      const plan = planTakes(grams, spools);
      const suggested = new Map(plan.takes.map((take) => [take.spoolId, take.grams]));
      const { brand = "", material = "", colorName = "", colorHex = "" } = filaments.get(filamentId) ?? {};
      return {
        filament: { id: filamentId, brand, material, colorName, colorHex },
        grams,
        missingGrams: plan.missingGrams,
        spools: inOrderOfUse(spools.filter(({ remainingGrams }) => remainingGrams > 0)).map((spool) => ({
          id: spool.id,
          label: spool.label,
          remainingGrams: spool.remainingGrams,
          suggestedGrams: suggested.get(spool.id) ?? 0,
        })),
      };
    }),
  };
}

type Reads = Pick<Transaction, "job" | "jobFilament" | "filament" | "spool">;

async function readScene(reads: Reads, scope: Scope, id: string) {
  const job: Job | null = await reads.job.findFirst({ where: { id, ...owned(scope) } });
  if (job === null) throw notFound("print job");
  const wanted = { ...owned(scope), needs: { some: { jobId: id } } };
  const [needs, rows, spools] = await Promise.all([
    reads.jobFilament.findMany({ where: { jobId: id, ...owned(scope) }, orderBy: { id: "asc" } }),
    reads.filament.findMany({ where: wanted }),
    reads.spool.findMany({ where: { ...owned(scope), archivedAt: null, filament: wanted } }),
  ]);
  const filaments = new Map(rows.map((filament) => [filament.id, filament]));
  const scene = {
    job: {
      state: job.state,
      needs: needs.map((need) => ({ filamentId: need.filamentId, neededGrams: Number(need.neededGrams) })),
    },
    spools: spools.map(stockedSpool),
    nameOf: (filamentId: string) => {
      const { brand = "", material = "", colorName = "" } = filaments.get(filamentId) ?? {};
      return `${brand} ${material} ${colorName}`;
    },
  } satisfies FinishScene;
  return { job, scene, filaments };
}

interface TakingOff {
  readonly takes: readonly Take[];
  readonly jobId: string;
  readonly reason: "printed" | "failed_print";
}

async function takeOffSpools(
  transaction: Transaction,
  scope: Scope,
  { takes, jobId, reason }: TakingOff,
): Promise<void> {
  for (const { spoolId, grams } of takes)
    await transaction.spool.updateMany({
      where: { id: spoolId, ...owned(scope) },
      data: { remainingGrams: { decrement: grams } },
    });
  await transaction.use.createMany({
    data: takes.map((take) => ({ id: crypto.randomUUID(), ...owned(scope), ...take, jobId, reason })),
  });
}

async function takesOf(transaction: Transaction, scope: Scope, jobId: string): Promise<Take[]> {
  const uses = await transaction.use.findMany({ where: { jobId, ...owned(scope) } });
  return uses.map(({ spoolId, grams, costCents }) => ({ spoolId, grams: Number(grams), costCents }));
}
