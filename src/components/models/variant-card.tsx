import ChevronRight from "lucide-react/icons/chevron-right";
import { countText } from "../../texts/amounts.ts";
import { UploadList } from "../uploads/upload-list.tsx";
import type { Revision, Variant } from "./guesses.ts";
import { RevisionView } from "./revision-view.tsx";
import { VariantActions } from "./variant-actions.tsx";

interface VariantCardProps {
  readonly modelId: string;
  readonly variant: Variant;
}

/** One way to print a model. The search leads here by its id. */
export function VariantCard({ modelId, variant }: VariantCardProps) {
  const { id, name, notes, revisions } = variant;
  const newest = newestOf(revisions);
  const earlier = revisions.slice(newest.length);
  return (
    <article
      id={id}
      aria-label={name}
      className="scroll-mt-20 rounded-xl border border-line bg-paper p-5 shadow-xs target:border-accent sm:p-6"
    >
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-48">
          <h3 className="text-lg font-semibold break-words">{name}</h3>
          {notes === "" ? null : <p className="text-sm break-words whitespace-pre-line text-soft">{notes}</p>}
        </div>
        <VariantActions modelId={modelId} variant={variant} />
      </div>
      <div className="mt-4 space-y-4">
        <UploadList place={id} />
        {newest.map((revision) => (
          <RevisionView key={revision.id} modelId={modelId} revision={revision} />
        ))}
        {revisions.length === 0 ? (
          <p className="text-sm text-soft">No file yet: .3mf, .stl, .gcode or .gcode.3mf, up to 100 MiB.</p>
        ) : null}
        <EarlierRevisions modelId={modelId} revisions={earlier} />
      </div>
    </article>
  );
}

interface EarlierRevisionsProps {
  readonly modelId: string;
  readonly revisions: readonly Revision[];
}

function EarlierRevisions({ modelId, revisions }: EarlierRevisionsProps) {
  if (revisions.length === 0) return null;
  return (
    <details className="group border-t border-line pt-2">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 font-medium text-soft hover:text-ink">
        <ChevronRight className="size-5 group-open:rotate-90" />
        {countText(revisions.length, "earlier version")}
      </summary>
      <div className="space-y-6 pt-2">
        {revisions.map((revision) => (
          <RevisionView key={revision.id} modelId={modelId} revision={revision} />
        ))}
      </div>
    </details>
  );
}

/** From the newest one to the newest that can be printed. */
function newestOf(revisions: readonly Revision[]): readonly Revision[] {
  const usable = revisions.findIndex(({ file }) => file.state === "ready");
  return usable === -1 ? revisions : revisions.slice(0, usable + 1);
}
