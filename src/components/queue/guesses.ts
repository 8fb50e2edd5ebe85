import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { ApiOutputs } from "../../clients/api.ts";
import type { Guess } from "../../clients/change.ts";

export type Queue = ApiOutputs["jobs"]["queue"];
export type QueuedJob = Queue["jobs"][number];

export type Direction = "up" | "down" | "top" | "bottom";

/** Shows the queue at once as a change will leave it. Whether jobs are feasible, the API tells later. */
export function guessQueue<Input>(
  queryKey: QueryKey,
  next: (jobs: readonly QueuedJob[], input: Input) => readonly QueuedJob[],
): Guess<Input> {
  return {
    queryKey,
    show: (queryClient: QueryClient, input: Input) =>
      queryClient.setQueryData<Queue>(queryKey, (queue) =>
        queue === undefined ? undefined : { ...queue, jobs: next(queue.jobs, input) },
      ),
  };
}

export function without(jobs: readonly QueuedJob[], id: string): readonly QueuedJob[] {
  return jobs.filter((job) => job.id !== id);
}

/** With the job in another state; those that run stand first. */
export function turned(
  jobs: readonly QueuedJob[],
  id: string,
  state: QueuedJob["state"],
): readonly QueuedJob[] {
  const after = jobs.map((job) => (job.id === id ? { ...job, state } : job));
  return [...after.filter(isRunning), ...after.filter((job) => !isRunning(job))];
}

/** With the job at another place among those that wait. */
export function movedTo(jobs: readonly QueuedJob[], id: string, direction: Direction): readonly QueuedJob[] {
  const waiting = jobs.filter((job) => !isRunning(job));
  const from = waiting.findIndex((job) => job.id === id);
  const job = waiting[from];
  if (job === undefined) return jobs;
  const places = { up: Math.max(0, from - 1), down: from + 1, top: 0, bottom: waiting.length };
  const others = waiting.toSpliced(from, 1);
  return [...jobs.filter(isRunning), ...others.toSpliced(places[direction], 0, job)];
}

export function isRunning({ state }: QueuedJob): boolean {
  return state === "printing";
}
