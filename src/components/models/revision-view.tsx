import { Link } from "@tanstack/react-router";
import CircleAlert from "lucide-react/icons/circle-alert";
import Download from "lucide-react/icons/download";
import ListPlus from "lucide-react/icons/list-plus";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { sizeInWords } from "../../../lib/files/sizes.ts";
import { Badge } from "../ui/badge.tsx";
import { SECONDARY } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Time } from "../ui/time.tsx";
import type { Revision } from "./guesses.ts";
import { PrintFacts } from "./print-facts.tsx";
import { useModelChanges } from "./use-model-changes.ts";

interface RevisionViewProps {
  readonly modelId: string;
  readonly revision: Revision;
}

/** One version of a variant: its file, what is known of it, and what can be done with it. */
export function RevisionView({ modelId, revision }: RevisionViewProps) {
  const { number, notes, createdAt, file } = revision;
  return (
    <article aria-label={`Version ${number}`} className="space-y-3">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h4 className="flex flex-wrap items-center gap-2 font-semibold">
            Version {number}
            <StateBadge file={file} />
          </h4>
          <p className="text-sm break-words text-soft">
            {file.name} · {sizeInWords(file.sizeBytes)} · <Time at={createdAt} />
          </p>
        </div>
        <RemoveRevision modelId={modelId} revision={revision} />
      </div>
      {notes === "" ? null : <p className="break-words whitespace-pre-line">{notes}</p>}
      <Content file={file} />
      {file.state === "ready" ? <ReadyActions revision={revision} /> : null}
    </article>
  );
}

type FileView = Revision["file"];

/** Its region stays in the page, so that a screen reader speaks what comes of the file. */
function StateBadge({ file: { state } }: { readonly file: FileView }) {
  return (
    <output>
      {state === "processing" ? <Badge tone="accent">Being read …</Badge> : null}
      {state === "rejected" ? <Badge tone="bad">Can’t be used</Badge> : null}
      {state === "ready" ? <span className="sr-only">Ready</span> : null}
    </output>
  );
}

function Content({ file }: { readonly file: FileView }) {
  if (file.state === "processing")
    return <p className="text-sm text-soft">FM5 reads what the slicer wrote into it. This takes a moment.</p>;
  return (
    <>
      {file.problem === null ? null : (
        <p className="flex gap-2 rounded-lg border-l-4 border-bad bg-sunken px-4 py-3 text-sm font-medium">
          <CircleAlert className="size-5 shrink-0 text-bad" />
          {file.problem}
        </p>
      )}
      {file.metadata === null ? null : <PrintFacts file={file} metadata={file.metadata} />}
    </>
  );
}

function ReadyActions({ revision: { id, number, file } }: { readonly revision: Revision }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Link to="/queue/add" search={{ revision: id }} className={SECONDARY}>
        <ListPlus />
        Add to the queue
      </Link>
      <a
        href={file.url}
        download={file.name}
        aria-label={`Download version ${number}: ${file.name}`}
        className={SECONDARY}
      >
        <Download />
        Download
      </a>
    </div>
  );
}

function RemoveRevision({ modelId, revision: { id, number } }: RevisionViewProps) {
  const { removeRevision } = useModelChanges(modelId);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <IconButton label={`Delete version ${number}`} onClick={() => setAsked(true)}>
        <Trash2 />
      </IconButton>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
        title={`Delete version ${number}?`}
        description="With its file. Jobs in the queue stay. This can’t be undone."
        action="Delete"
        onConfirm={() => {
          setAsked(false);
          removeRevision(id);
        }}
      />
    </>
  );
}
