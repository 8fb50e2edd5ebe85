import Ellipsis from "lucide-react/icons/ellipsis";
import CircleCheck from "lucide-react/icons/circle-check";
import CircleX from "lucide-react/icons/circle-x";
import Undo2 from "lucide-react/icons/undo-2";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { FinishDialog, type Outcome } from "./finish-dialog.tsx";
import type { QueuedJob } from "./guesses.ts";
import { JobRow } from "./job-row.tsx";
import { useQueueChanges } from "./use-queue-changes.ts";

/** A print that is being made. */
export function RunningJob({ job }: { readonly job: QueuedJob }) {
  const { putBack } = useQueueChanges(job);
  const [ending, setEnding] = useState<Outcome | null>(null);
  return (
    <>
      <JobRow
        job={job}
        actions={
          <>
            <Button onClick={() => setEnding("completed")}>
              <CircleCheck />
              Complete
            </Button>
            <Menu
              label={`More for ${job.title}`}
              icon={<Ellipsis />}
              items={[
                { text: "It failed", icon: <CircleX />, danger: true, onSelect: () => setEnding("failed") },
                { text: "Back to the queue", icon: <Undo2 />, onSelect: putBack },
              ]}
            />
          </>
        }
      />
      <FinishDialog job={job} outcome={ending} onClose={() => setEnding(null)} />
    </>
  );
}
