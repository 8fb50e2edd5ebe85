import { useState } from "react";
import { DATA_LIST } from "../ui/data-list.tsx";
import type { Queue, QueuedJob } from "./guesses.ts";
import { isRunning } from "./guesses.ts";
import { RunningJob } from "./running-job.tsx";
import { WaitingJob } from "./waiting-job.tsx";

/** What runs, and what waits in its order. */
export function QueueList({ jobs }: Pick<Queue, "jobs">) {
  const [spoken, setSpoken] = useState("");
  const running = jobs.filter(isRunning);
  const waiting = jobs.filter((job) => !isRunning(job));
  const tell = (job: QueuedJob, place: number) =>
    setSpoken(`${job.title} is at place ${place} of ${waiting.length} now.`);

  return (
    <div className="space-y-8">
      {running.length === 0 ? null : (
        <section aria-labelledby="running">
          <h2 id="running" className="mb-3 text-xl font-bold tracking-tight">
            Printing
          </h2>
          <ul className={DATA_LIST}>
            {running.map((job) => (
              <RunningJob key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
      {waiting.length === 0 ? null : (
        <section aria-labelledby="waiting">
          <h2 id="waiting" className="mb-3 text-xl font-bold tracking-tight">
            Waiting
          </h2>
          <ol className={DATA_LIST}>
            {waiting.map((job, index) => (
              <WaitingJob key={job.id} job={job} place={index + 1} count={waiting.length} onMoved={tell} />
            ))}
          </ol>
        </section>
      )}
      <p aria-live="polite" className="sr-only">
        {spoken}
      </p>
    </div>
  );
}
