import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { createEnding, type AtEnd, type Ending } from "./ending.ts";

const SOON_MS = 5000;

function started(ending: Ending, atEnd: AtEnd) {
  const child = spawn("sleep", ["60"]);
  ending.started(child, atEnd);
  return new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
}

/** What a promise has come to by now. */
async function stateOf(work: Promise<unknown>): Promise<unknown> {
  const later = new Promise((resolve) => setImmediate(() => resolve("waits")));
  return Promise.race([work.then(() => "done"), later]);
}

describe("a process that is told to end", () => {
  test("begins nothing new", async () => {
    const ending = createEnding();
    const before = ending.mayBegin();

    await ending.begin(SOON_MS);

    expect(await stateOf(before)).toBe("done");
    expect(await stateOf(ending.mayBegin())).toBe("waits");
  });

  test("ends its programs, but not those that come to their end themselves", async () => {
    const ending = createEnding();
    const ended = started(ending, "ended");
    const left = started(ending, "finishes");

    expect(await ending.begin(SOON_MS)).toBe(true);

    expect(await ended).toBe("SIGTERM");
    expect(await stateOf(left)).toBe("waits");
    ending.kill();
    expect(await left).toBe("SIGKILL");
  });

  test("waits for a change that is on its way", async () => {
    const ending = createEnding();
    const change = Promise.withResolvers<string>();
    const changed = ending.changing(change.promise);
    const quiet = ending.begin(SOON_MS);
    expect(await stateOf(quiet)).toBe("waits");

    change.resolve("here");

    expect(await quiet).toBe(true);
    expect(await changed).toBe("here");
  });

  test("knows that a change may come late when it takes too long, or its reply is lost", async () => {
    const slow = createEnding();
    void slow.changing(new Promise(() => undefined));
    const cut = createEnding();
    const reply = Promise.withResolvers<string>();
    const lost = cut.changing(reply.promise);
    const quiet = cut.begin(SOON_MS);

    reply.reject(new Error("reset"));

    await expect(lost).rejects.toThrow("reset");
    expect(await quiet).toBe(false);
    expect(await slow.begin(10)).toBe(false);
  });

  test("knows that what a program has asked for may come late", async () => {
    const ending = createEnding();
    const ended = started(ending, "ended, may come late");

    expect(await ending.begin(SOON_MS)).toBe(false);
    expect(await ended).toBe("SIGTERM");
  });

  test("knows the leases that weren't given back otherwise", () => {
    const ending = createEnding();
    const release = () => Promise.resolve();
    const first = ending.holding({ environment: "staging", release });
    ending.holding({ environment: "production", release });

    first();

    expect(ending.holds().map(({ environment }) => environment)).toEqual(["production"]);
  });
});
