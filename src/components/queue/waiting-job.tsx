import { useNavigate } from "@tanstack/react-router";
import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import ChevronsUp from "lucide-react/icons/chevrons-up";
import CircleCheck from "lucide-react/icons/circle-check";
import CircleX from "lucide-react/icons/circle-x";
import Ellipsis from "lucide-react/icons/ellipsis";
import Pencil from "lucide-react/icons/pencil";
import Play from "lucide-react/icons/play";
import Trash2 from "lucide-react/icons/trash-2";
import { type MouseEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Menu } from "../ui/menu.tsx";
import { FinishDialog, type Outcome } from "./finish-dialog.tsx";
import type { Direction, QueuedJob } from "./guesses.ts";
import { JobRow } from "./job-row.tsx";
import { useQueueChanges } from "./use-queue-changes.ts";

interface WaitingJobProps {
  readonly job: QueuedJob;
  /** Its place among those that wait, from 1. */
  readonly place: number;
  readonly count: number;
  /** Told where a job goes, so that it can be spoken. */
  readonly onMoved: (job: QueuedJob, place: number) => void;
}

/** A job that waits for its turn. */
export function WaitingJob({ job, place, count, onMoved }: WaitingJobProps) {
  const { move, start } = useQueueChanges(job);
  const places = { up: place - 1, down: place + 1, top: 1, bottom: count };

  function go(to: Direction) {
    move(to);
    onMoved(job, places[to]);
  }

  function goKeepingFocus(event: MouseEvent<HTMLButtonElement>, to: Direction) {
    const button = event.currentTarget;
    go(to);
    // The row is taken out of the page and put in elsewhere, which loses the focus.
    requestAnimationFrame(() => button.focus());
  }

  return (
    <JobRow
      job={job}
      actions={
        <>
          <IconButton
            label={`Move ${job.title} up`}
            aria-disabled={place === 1}
            onClick={(event) => place > 1 && goKeepingFocus(event, "up")}
          >
            <ArrowUp />
          </IconButton>
          <IconButton
            label={`Move ${job.title} down`}
            aria-disabled={place === count}
            onClick={(event) => place < count && goKeepingFocus(event, "down")}
          >
            <ArrowDown />
          </IconButton>
          <Button look="secondary" onClick={start}>
            <Play />
            Start
          </Button>
          <MoreActions job={job} onTop={() => go("top")} />
        </>
      }
    />
  );
}

interface MoreActionsProps {
  readonly job: QueuedJob;
  readonly onTop: () => void;
}

function MoreActions({ job, onTop }: MoreActionsProps) {
  const navigate = useNavigate();
  const { cancel } = useQueueChanges(job);
  const [ending, setEnding] = useState<Outcome | null>(null);
  const [cancelling, setCancelling] = useState(false);
  const edit = () => void navigate({ to: "/queue/$jobId", params: { jobId: job.id } });

  return (
    <>
      <Menu
        label={`More for ${job.title}`}
        icon={<Ellipsis />}
        items={[
          { text: "To the top", icon: <ChevronsUp />, onSelect: onTop },
          { text: "Change", icon: <Pencil />, onSelect: edit },
          { text: "It is printed", icon: <CircleCheck />, onSelect: () => setEnding("completed") },
          { text: "It failed", icon: <CircleX />, onSelect: () => setEnding("failed") },
          { text: "Cancel", icon: <Trash2 />, danger: true, onSelect: () => setCancelling(true) },
        ]}
      />
      <FinishDialog job={job} outcome={ending} onClose={() => setEnding(null)} />
      <ConfirmDialog
        open={cancelling}
        onOpenChange={setCancelling}
        title={`Cancel ${job.title}?`}
        description="It leaves the queue, and nothing is taken off any spool. It can be queued again from the history."
        action="Cancel the job"
        onConfirm={() => {
          setCancelling(false);
          cancel();
        }}
      />
    </>
  );
}
