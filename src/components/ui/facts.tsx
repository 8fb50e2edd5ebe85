interface FactsProps {
  /** Term and what it is, in order. */
  readonly facts: readonly (readonly [term: string, value: string])[];
}

/** Names and values that are codes rather than prose: ids, versions. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className="divide-y divide-line">
      {facts.map(([term, value]) => (
        <div
          key={term}
          className="flex flex-wrap items-baseline justify-between gap-x-6 py-2.5 first:pt-0 last:pb-0"
        >
          <dt className="text-sm text-soft">{term}</dt>
          <dd className="font-mono text-sm break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
