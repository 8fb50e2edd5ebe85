import { z } from "zod";
import { id } from "../fields.ts";
import { addJob, addJobAgain, changeJob } from "../jobs/add.ts";
import { finishJob, planFinish } from "../jobs/finish.ts";
import { jobHistory } from "../jobs/history.ts";
import { readQueue } from "../jobs/queue.ts";
import * as shape from "../jobs/shape.ts";
import { cancelJob, moveJob, putJobBack, startJob } from "../jobs/steer.ts";
import { suggestJob } from "../jobs/suggestion.ts";
import { protectedProcedure, router } from "../trpc.ts";

const one = z.object({ id });

/** The print queue and what became of it. */
export const jobs = router({
  queue: protectedProcedure.output(shape.jobQueue).query(({ ctx }) => readQueue(ctx.scope)),
  history: protectedProcedure
    .input(shape.jobHistoryInput)
    .output(shape.endedJobPage)
    .query(({ ctx, input }) => jobHistory(ctx.scope, input)),
  suggest: protectedProcedure
    .input(z.object({ revisionId: id }))
    .output(shape.suggestedJob)
    .query(({ ctx, input }) => suggestJob(ctx.scope, input.revisionId)),
  finishPlan: protectedProcedure
    .input(shape.finishPlanInput)
    .output(shape.finishPlan)
    .query(({ ctx, input }) => planFinish(ctx.scope, input)),
  add: protectedProcedure
    .input(shape.newJob)
    .output(one)
    .mutation(async ({ ctx, input }) => ({ id: await addJob(ctx.scope, input) })),
  change: protectedProcedure
    .input(shape.jobFields.extend({ id }))
    .mutation(({ ctx, input: { id: jobId, ...fields } }) => changeJob(ctx.scope, jobId, fields)),
  /** Queues once more what is over. */
  again: protectedProcedure
    .input(one)
    .output(one)
    .mutation(async ({ ctx, input }) => ({ id: await addJobAgain(ctx.scope, input.id) })),
  move: protectedProcedure
    .input(z.object({ id, move: shape.jobMove }))
    .mutation(({ ctx, input }) => moveJob(ctx.scope, input.id, input.move)),
  start: protectedProcedure.input(one).mutation(({ ctx, input }) => startJob(ctx.scope, input.id)),
  putBack: protectedProcedure.input(one).mutation(({ ctx, input }) => putJobBack(ctx.scope, input.id)),
  complete: protectedProcedure
    .input(shape.completeInput)
    .output(shape.finishedJob)
    .mutation(({ ctx, input }) => finishJob(ctx.scope, { ...input, outcome: "completed", percentage: 100 })),
  fail: protectedProcedure
    .input(shape.failInput)
    .output(shape.finishedJob)
    .mutation(({ ctx, input }) => finishJob(ctx.scope, { ...input, outcome: "failed" })),
  cancel: protectedProcedure.input(one).mutation(({ ctx, input }) => cancelJob(ctx.scope, input.id)),
});
