import { skipToken, useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { type ApiOutputs, sentenceFor, useApi } from "../../clients/api.ts";
import { useShopChange } from "../../clients/change.ts";
import { numberIn } from "../../clients/form.ts";
import { textOf } from "../ui/action-form.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import type { QueuedJob } from "./guesses.ts";
import { SpoolTakes, takesIn } from "./spool-takes.tsx";

export type Outcome = "completed" | "failed";

interface FinishDialogProps {
  readonly job: QueuedJob;
  /** How it ended; null while the dialog is closed. */
  readonly outcome: Outcome | null;
  readonly onClose: () => void;
}

const WORDS = {
  completed: { title: "is printed", action: "Complete" },
  failed: { title: "failed", action: "Record" },
};

/** Asks what a print took off which spool, with a suggestion, and ends the job. */
export function FinishDialog({ job, outcome, onClose }: FinishDialogProps) {
  const words = WORDS[outcome ?? "completed"];
  return (
    <Dialog
      open={outcome !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`“${job.title}” ${words.title}`}
      description="What was used is taken off these spools. Change it where it was otherwise."
    >
      {outcome === null ? null : <FinishForm job={job} outcome={outcome} onClose={onClose} />}
    </Dialog>
  );
}

interface FinishFormProps extends FinishDialogProps {
  readonly outcome: Outcome;
}

function FinishForm({ job, outcome, onClose }: FinishFormProps) {
  const [percentage, setPercentage] = useState(outcome === "completed" ? "100" : "50");
  const { finish, busy, error } = useFinish({ job, outcome, onClose });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    finish({
      takes: takesIn(form),
      percentage: numberIn(form, "percentage"),
      failure: textOf(form, "failure"),
    });
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      {outcome === "completed" ? null : (
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField
            label="Printed"
            unit="%"
            name="percentage"
            required
            min={0}
            max={100}
            value={percentage}
            onChange={(event) => setPercentage(event.target.value)}
          />
          <Field label="What happened" name="failure" maxLength={500} placeholder="Came off the bed" />
        </div>
      )}
      <PlannedTakes jobId={job.id} percentage={percentage} />
      <Notice message={error ? sentenceFor(error) : null} tone="bad" />
      <DialogActions>
        <SubmitButton label={WORDS[outcome].action} busy={busy} />
      </DialogActions>
    </form>
  );
}

function PlannedTakes({ jobId, percentage }: { readonly jobId: string; readonly percentage: string }) {
  const api = useApi();
  const share = Number(percentage);
  const isShare = percentage !== "" && share >= 0 && share <= 100;
  const plan = useQuery(
    api.jobs.finishPlan.queryOptions(isShare ? { id: jobId, percentage: share } : skipToken, {
      staleTime: 0,
    }),
  );
  if (plan.isError)
    return <ErrorState message={sentenceFor(plan.error)} onRetry={() => void plan.refetch()} />;
  if (plan.data === undefined) return <Skeleton rows={2} />;
  // Other numbers are other fields, so that they show what is suggested for them.
  return <SpoolTakes key={percentage} plan={plan.data} />;
}

interface Ending {
  readonly takes: readonly { readonly spoolId: string; readonly grams: number }[];
  readonly percentage: number;
  readonly failure: string;
}

function useFinish({ job, outcome, onClose }: FinishFormProps) {
  const api = useApi();
  const tell = ({ already }: ApiOutputs["jobs"]["complete"]) =>
    already ? `${job.title} was over already; nothing was taken again.` : `${job.title} is in the history.`;
  const told = { tellsItself: true, done: tell, onDone: onClose };
  const complete = useShopChange({ mutation: api.jobs.complete.mutationOptions(), ...told });
  const fail = useShopChange({ mutation: api.jobs.fail.mutationOptions(), ...told });

  function finish({ takes, percentage, failure }: Ending) {
    if (outcome === "completed") complete.mutate({ id: job.id, takes: [...takes] });
    else fail.mutate({ id: job.id, takes: [...takes], percentage, failure });
  }

  return { finish, busy: complete.isPending || fail.isPending, error: complete.error ?? fail.error };
}
