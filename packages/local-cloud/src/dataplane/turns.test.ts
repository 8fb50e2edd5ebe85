import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

/** Work that ends when it is told to, and what has begun so far. */
function workbench() {
  const turns = new Turns<"start" | "end">();
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const take = (kind: "start" | "end", name: string) =>
    turns.take(kind, () => {
      begun.push(name);
      return new Promise<void>((resolve) => finish.set(name, resolve));
    });
  const end = async (name: string, taken: Promise<void>) => {
    finish.get(name)?.();
    await taken;
  };
  return { turns, begun, take, end };
}

test("work of one kind runs together, the other kind after it, in the order of asking", async () => {
  const { begun, take, end } = workbench();
  const first = take("start", "first");
  const second = take("start", "second");
  const third = take("end", "third");
  void take("start", "fourth");
  await Promise.resolve();
  expect(begun).toEqual(["first", "second"]);

  await end("first", first);
  expect(begun).toEqual(["first", "second"]);
  await end("second", second);
  expect(begun).toEqual(["first", "second", "third"]);

  await end("third", third);
  expect(begun).toEqual(["first", "second", "third", "fourth"]);
});

test("work that fails gives its turn up", async () => {
  const { turns } = workbench();

  await expect(turns.take("start", () => Promise.reject(new Error("no")))).rejects.toThrow("no");

  await expect(turns.take("end", async () => "done")).resolves.toBe("done");
});
