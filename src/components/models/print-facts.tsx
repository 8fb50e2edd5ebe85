import CircleAlert from "lucide-react/icons/circle-alert";
import type { PrintMetadata } from "../../../lib/print-files/metadata.ts";
import type { Revision } from "./guesses.ts";
import { FilamentUses } from "./filament-uses.tsx";
import { factsOf } from "./print-texts.ts";

interface PrintFactsProps {
  readonly file: Pick<Revision["file"], "url">;
  readonly metadata: PrintMetadata;
}

/** What a print file says about itself. */
export function PrintFacts({ file, metadata }: PrintFactsProps) {
  const facts = factsOf(metadata);
  return (
    <div className="flex flex-col gap-4 sm:flex-row">
      {metadata.thumbnail === null ? null : (
        <img
          src={`${file.url}/thumbnail`}
          alt="The print as its slicer shows it"
          loading="lazy"
          decoding="async"
          className="size-36 shrink-0 self-start rounded-lg border border-line bg-sunken object-contain"
        />
      )}
      <div className="min-w-0 flex-1 space-y-4">
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-3">
          {facts.map(([term, value]) => (
            <div key={term} className="min-w-0">
              <dt className="text-sm text-soft">{term}</dt>
              <dd className="font-medium break-words tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <FilamentUses metadata={metadata} />
        <Remarks remarks={metadata.remarks} />
      </div>
    </div>
  );
}

function Remarks({ remarks }: Pick<PrintMetadata, "remarks">) {
  if (remarks.length === 0) return null;
  return (
    <ul aria-label="Remarks" className="space-y-1 text-sm">
      {remarks.map((remark) => (
        <li key={remark} className="flex gap-2">
          <CircleAlert className="size-5 shrink-0 text-warn" />
          <span className="min-w-0 break-words">{remark}</span>
        </li>
      ))}
    </ul>
  );
}
