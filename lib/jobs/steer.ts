import type { Prisma } from "../../generated/prisma/client.ts";
import { AppError } from "../app-error.ts";
import { notFound, owned, type Scope } from "../scope.ts";
import { inTurn } from "../stock/in-turn.ts";
import { type Move, moved } from "./order.ts";
import type { JobState } from "./states.ts";

/** Says that a job is being printed now; once more changes nothing. @throws {AppError} not_found; conflict: it is over */
export async function startJob(scope: Scope, id: string): Promise<void> {
  const hint = "Queue it again to print it once more.";
  await turn(scope, id, {
    from: "queued",
    to: "printing",
    data: { startedAt: new Date() },
    hintFor: () => hint,
  });
}

/** Puts a job that was started by mistake back into the queue. @throws {AppError} not_found; conflict: it is over */
export async function putJobBack(scope: Scope, id: string): Promise<void> {
  const hint = "Queue it again to print it once more.";
  await turn(scope, id, { from: "printing", to: "queued", data: { startedAt: null }, hintFor: () => hint });
}

/** Takes a job out of the queue. @throws {AppError} not_found; conflict: it has begun or is over */
export async function cancelJob(scope: Scope, id: string): Promise<void> {
  await turn(scope, id, {
    from: "queued",
    to: "cancelled",
    data: { endedAt: new Date() },
    hintFor: (state) =>
      state === "printing"
        ? "End it as failed, with the share that was printed, or put it back into the queue."
        : "There is nothing to cancel any more.",
  });
}

/** Gives a job another place in the queue. @throws {AppError} not_found; conflict: it doesn't wait */
export async function moveJob(scope: Scope, id: string, move: Move): Promise<void> {
  await inTurn(scope, async (transaction) => {
    const queue = await transaction.job.findMany({
      where: { ...owned(scope), state: "queued" },
      orderBy: [{ position: "asc" }, { createdAt: "asc" }, { id: "asc" }],
    });
    if (!queue.some((job) => job.id === id)) {
      const job = await transaction.job.findFirst({ where: { id, ...owned(scope) } });
      if (job === null) throw notFound("print job");
      throw isNow(job.state, "Only a job that waits has a place in the queue.");
    }
    const before = queue.map((job) => job.id);
    const places = moved(before, id, move).map((jobId, index) => ({ id: jobId, position: index + 1 }));
    await transaction.$executeRaw`
      UPDATE jobs SET position = place.position
      FROM json_to_recordset(${JSON.stringify(places)}::json) AS place(id text, position int)
      WHERE jobs.id = place.id AND jobs."ownerId" = ${scope.user.id} AND jobs.position <> place.position`;
  });
}

interface Turn {
  readonly from: JobState;
  readonly to: JobState;
  readonly data: Prisma.JobUpdateManyMutationInput;
  readonly hintFor: (state: JobState) => string;
}

async function turn(scope: Scope, id: string, { from, to, data, hintFor }: Turn): Promise<void> {
  const { count } = await scope.database.job.updateMany({
    where: { id, ...owned(scope), state: from },
    data: { ...data, state: to },
  });
  if (count > 0) return;
  const job = await scope.database.job.findFirst({ where: { id, ...owned(scope) } });
  if (job === null) throw notFound("print job");
  if (job.state !== to) throw isNow(job.state, hintFor(job.state));
}

function isNow(state: JobState, hint: string): AppError {
  return new AppError({ code: "conflict", message: `This job is ${state} now.`, hint });
}
