import ExternalLink from "lucide-react/icons/external-link";
import type { ReactNode } from "react";
import { dayText } from "../../texts/amounts.ts";
import { Card } from "../ui/card.tsx";
import type { Model } from "./guesses.ts";

const LINK =
  "inline-flex min-h-11 max-w-full items-center gap-1.5 font-medium text-accent underline underline-offset-4";

/** Where a model comes from, and what its owner wrote down about it. */
export function ModelDetails({ model }: { readonly model: Model }) {
  const { designer, category, sourceUrl, notes, createdAt, updatedAt } = model;
  return (
    <Card title="Details">
      <dl className="space-y-2">
        <Detail term="Designer">{designer || "Not known"}</Detail>
        <Detail term="Category">{category || "None"}</Detail>
        <Detail term="Added">{dayText(createdAt)}</Detail>
        <Detail term="Changed">{dayText(updatedAt)}</Detail>
      </dl>
      {sourceUrl === null ? null : (
        <a href={sourceUrl} target="_blank" rel="noreferrer" className={LINK}>
          <span className="min-w-0 truncate">{hostOf(sourceUrl)}</span>
          <ExternalLink className="size-4 shrink-0" />
        </a>
      )}
      {notes === "" ? null : <p className="mt-3 break-words whitespace-pre-line text-soft">{notes}</p>}
    </Card>
  );
}

function Detail({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-sm text-soft">{term}</dt>
      <dd className="min-w-0 text-right font-medium break-words">{children}</dd>
    </div>
  );
}

/** "From printables.com" */
function hostOf(url: string): string {
  return `From ${URL.parse(url)?.hostname.replace(/^www\./u, "") ?? "its source"}`;
}
