import { expect, test } from "vitest";
import { shareOut } from "./share-out.ts";

test("each player gets the next item when it is done with its last, and results keep the items' order", async () => {
  const first = Promise.withResolvers<void>();
  const played: string[] = [];

  const results = await shareOut({ items: [1, 2, 3], among: ["a", "b"] }, async (item, player) => {
    played.push(`${player}${item}`);
    if (item === 1) await first.promise;
    if (item === 3) first.resolve();
    return item * 10;
  });

  expect(played).toEqual(["a1", "b2", "b3"]);
  expect(results).toEqual([10, 20, 30]);
});

test("after an error nothing more is given out, and what others have is waited for", async () => {
  const finished: number[] = [];

  const shared = shareOut({ items: [1, 2, 3], among: ["a", "b"] }, async (item) => {
    if (item === 1) throw new Error("the curtain is stuck");
    await Promise.resolve();
    finished.push(item);
  });

  await expect(shared).rejects.toThrow("the curtain is stuck");
  expect(finished).toEqual([2]);
});
