import { useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { type Direction, guessQueue, movedTo, type QueuedJob, turned, without } from "./guesses.ts";

interface One {
  readonly id: string;
}

/** What can be done to a job at a press; shown at once, taken back when the API refuses. */
export function useQueueChanges(job: QueuedJob) {
  const api = useApi();
  const queryKey = api.jobs.queue.queryKey();
  const { id, title } = job;

  const move = useShopChange({
    mutation: api.jobs.move.mutationOptions(),
    guess: guessQueue<{ readonly id: string; readonly move: { to: Direction } | { before: string } }>(
      queryKey,
      (jobs, input) => ("to" in input.move ? movedTo(jobs, input.id, input.move.to) : jobs),
    ),
  });
  const start = useShopChange({
    mutation: api.jobs.start.mutationOptions(),
    guess: guessQueue<One>(queryKey, (jobs) => turned(jobs, id, "printing")),
    done: () => `${title} is being printed.`,
  });
  const putBack = useShopChange({
    mutation: api.jobs.putBack.mutationOptions(),
    guess: guessQueue<One>(queryKey, (jobs) => turned(jobs, id, "queued")),
    done: () => `${title} waits again.`,
  });
  const cancel = useShopChange({
    mutation: api.jobs.cancel.mutationOptions(),
    guess: guessQueue<One>(queryKey, (jobs) => without(jobs, id)),
    done: () => `${title} is cancelled.`,
  });
  return {
    move: (to: Direction) => move.mutate({ id, move: { to } }),
    start: () => start.mutate({ id }),
    putBack: () => putBack.mutate({ id }),
    cancel: () => cancel.mutate({ id }),
  };
}
