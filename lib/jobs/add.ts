import { AppError } from "../app-error.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { centigrams, gramsOf } from "../stock/grams.ts";
import { inTurn, type Transaction } from "../stock/in-turn.ts";
import { ENDED_STATES, OPEN_STATES } from "./states.ts";
import type { JobFields, NewJob } from "./shape.ts";

const MOST_OPEN_JOBS = 500;
/** Of one filament for one job. */
const MOST_GRAMS = 1_000_000;

/**
 * Puts a job at the end of the queue.
 * @returns its id
 * @throws {AppError} not_found: a filament or the revision; conflict: the queue is full
 */
export async function addJob(scope: Scope, { filaments, revisionId, ...fields }: NewJob): Promise<string> {
  return inTurn(scope, async (transaction) => {
    if (revisionId) await checkRevision(transaction, scope, revisionId);
    const id = await append(transaction, scope, { ...fields, revisionId: revisionId ?? null });
    await setNeeds(transaction, scope, { jobId: id, copies: fields.copies, filaments });
    return id;
  });
}

/**
 * Changes a job that still waits.
 * @throws {AppError} not_found; conflict: it has begun or ended
 */
export async function changeJob(
  scope: Scope,
  id: string,
  { filaments, ...fields }: JobFields,
): Promise<void> {
  await inTurn(scope, async (transaction) => {
    const job = await transaction.job.findFirst({ where: { id, ...owned(scope) } });
    if (job === null) throw notFound("print job");
    if (job.state !== "queued") throw hasBegun();
    await transaction.job.updateMany({ where: { id, ...owned(scope) }, data: fields });
    await transaction.jobFilament.deleteMany({ where: { jobId: id, ...owned(scope) } });
    await setNeeds(transaction, scope, { jobId: id, copies: fields.copies, filaments });
  });
}

/**
 * Puts a job that has ended into the queue once more, as a job of its own.
 * @returns the new one's id
 * @throws {AppError} not_found; conflict: it hasn't ended, or the queue is full
 */
export async function addJobAgain(scope: Scope, id: string): Promise<string> {
  return inTurn(scope, async (transaction) => {
    const job = await transaction.job.findFirst({ where: { id, ...owned(scope) } });
    if (job === null) throw notFound("print job");
    if (!ENDED_STATES.some((state) => state === job.state)) throw isOpen();
    const { title, copies, printSeconds, notes, revisionId } = job;
    const again = await append(transaction, scope, { title, copies, printSeconds, notes, revisionId });
    const needs = await transaction.jobFilament.findMany({ where: { jobId: id, ...owned(scope) } });
    await transaction.jobFilament.createMany({
      data: needs.map(({ filamentId, neededGrams }) => ({
        id: crypto.randomUUID(),
        ...owned(scope),
        jobId: again,
        filamentId,
        neededGrams,
      })),
    });
    return again;
  });
}

interface Waiting extends Omit<NewJob, "filaments"> {
  readonly revisionId: string | null;
}

async function append(transaction: Transaction, scope: Scope, job: Waiting): Promise<string> {
  const { _count, _max } = await transaction.job.aggregate({
    where: { ...owned(scope), state: { in: [...OPEN_STATES] } },
    _count: true,
    _max: { position: true },
  });
  if (_count >= MOST_OPEN_JOBS) throw queueIsFull();
  const id = crypto.randomUUID();
  const position = (_max.position ?? 0) + 1;
  await transaction.job.create({ data: { id, ...owned(scope), ...job, position } });
  return id;
}

interface Needs extends Pick<JobFields, "copies" | "filaments"> {
  readonly jobId: string;
}

async function setNeeds(
  transaction: Transaction,
  scope: Scope,
  { jobId, copies, filaments }: Needs,
): Promise<void> {
  const needed = gramsByFilament(filaments, copies);
  const known = await transaction.filament.count({
    where: { ...owned(scope), id: { in: [...needed.keys()] } },
  });
  if (known !== needed.size) throw notFound("filament");
  await transaction.jobFilament.createMany({
    data: [...needed].map(([filamentId, grams]) => ({
      id: crypto.randomUUID(),
      ...owned(scope),
      jobId,
      filamentId,
      neededGrams: grams,
    })),
  });
}

/** For all copies, by filament: two slots may be printed with the same one. */
function gramsByFilament(filaments: JobFields["filaments"], copies: number): ReadonlyMap<string, number> {
  const byFilament = Map.groupBy(filaments, ({ filamentId }) => filamentId);
  return new Map(
    [...byFilament].map(([filamentId, parts]) => {
      const ofOne = parts.reduce((sum, { grams }) => sum + centigrams(grams), 0);
      const all = gramsOf(ofOne * copies);
      if (all > MOST_GRAMS) throw tooMuch();
      return [filamentId, all];
    }),
  );
}

async function checkRevision(transaction: Transaction, scope: Scope, id: string): Promise<void> {
  if ((await transaction.revision.count({ where: { id, ...owned(scope) } })) === 0)
    throw notFound("print file");
}

function hasBegun(): AppError {
  return new AppError({
    code: "conflict",
    message: "This job has begun or is over, so it can’t be changed any more.",
    hint: "Put it back into the queue first, or queue it again.",
  });
}

function isOpen(): AppError {
  return new AppError({ code: "conflict", message: "This job is in the queue already." });
}

function tooMuch(): AppError {
  return new AppError({
    code: "invalid",
    message: `All copies together need more than ${MOST_GRAMS / 1000} kg of one filament.`,
    hint: "Make several jobs of it.",
  });
}

function queueIsFull(): AppError {
  return new AppError({
    code: "conflict",
    message: `The queue holds ${MOST_OPEN_JOBS} jobs, which is as many as it can.`,
    hint: "Finish or cancel some first.",
  });
}
