/** Where a job goes in the queue: one place nearer to its front or end, or all the way, or before another. */
export type Move =
  | { readonly to: "up" | "down" | "top" | "bottom" }
  | {
      /** The job that it shall stand before. */
      readonly before: string;
    };

/** The queue afterwards. One that isn't in it, or can't go further, changes nothing. */
export function moved(queue: readonly string[], id: string, move: Move): readonly string[] {
  const from = queue.indexOf(id);
  if (from === -1) return queue;
  const others = queue.toSpliced(from, 1);
  return others.toSpliced(placeOf(move, { from, others }), 0, id);
}

interface Standing {
  readonly from: number;
  readonly others: readonly string[];
}

function placeOf(move: Move, { from, others }: Standing): number {
  if ("before" in move) {
    const place = others.indexOf(move.before);
    return place === -1 ? from : place;
  }
  const places = { up: Math.max(0, from - 1), down: from + 1, top: 0, bottom: others.length };
  return places[move.to];
}
