/**
 * Gives the items out to the players, each the next one as soon as it is done with its last. Results are in the items' order.
 * @throws the first error, when everybody is done with what they have; nothing more is given out after it
 */
export async function shareOut<Item, Player, Result>(
  { items, among }: { readonly items: readonly Item[]; readonly among: readonly Player[] },
  play: (item: Item, player: Player) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const takeTurns = async (player: Player) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await play(item, player);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(among.map(takeTurns));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}
