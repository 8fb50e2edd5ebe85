import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { VersionDocument } from "../services/workers/model.ts";
import type { Instance, Start } from "./instance.ts";
import { Pool } from "./pool.ts";

const version = (id: string) => ({ id }) as VersionDocument;

function started(onStop: () => void): Start {
  const instance: Instance = {
    portFor: () => 1,
    handlers: [],
    namedHandlers: [],
    events: {
      scheduled: () => Promise.reject(new Error("unused")),
      queue: () => Promise.reject(new Error("unused")),
    },
    startupCpuMs: 1,
    assetEtags: new Map(),
    usage: () => ({ cpuMs: 0, memoryBytes: 0 }),
    cpuMs: () => 0,
    giveWay: () => undefined,
    stop: async () => onStop(),
    kill: async () => onStop(),
  };
  return { outcome: "started", instance };
}

describe("the pool", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("starts a version once, however many requests come for it at first", async () => {
    let starts = 0;
    const pool = new Pool(async () => {
      starts += 1;
      return started(() => undefined);
    });

    await Promise.all([pool.lease(version("a")), pool.lease(version("a")), pool.start(version("a"))]);

    expect(starts).toBe(1);
  });

  test("stops a version that serves nothing after a while without requests, and starts it again on request", async () => {
    const stopped: string[] = [];
    const pool = new Pool(async ({ id }) => started(() => stopped.push(id)));
    (await pool.lease(version("a"))).release();

    await vi.advanceTimersByTimeAsync(120_000);

    expect(stopped).toEqual(["a"]);
    await expect(pool.lease(version("a"))).resolves.toBeDefined();
  });

  test("never stops a version that serves, or that answers a request", async () => {
    const stopped: string[] = [];
    const pool = new Pool(async ({ id }) => started(() => stopped.push(id)));
    (await pool.lease(version("serving"))).release();
    pool.setServing(new Set(["serving"]));
    const held = await pool.lease(version("answering"));

    await vi.advanceTimersByTimeAsync(600_000);
    expect(stopped).toEqual([]);
    held.release();
    await vi.advanceTimersByTimeAsync(120_000);

    expect(stopped).toEqual(["answering"]);
  });

  test("keeps no more idle versions than the limit, the newest, and stops none that is starting", async () => {
    const stopped: string[] = [];
    const last = Promise.withResolvers<void>();
    const pool = new Pool(
      async ({ id }) => {
        if (id === "slow") await last.promise;
        return started(() => stopped.push(id));
      },
      { idleLimit: 2 },
    );
    const slow = pool.start(version("slow"));
    for (const id of ["a", "b", "c", "d"]) {
      vi.advanceTimersByTime(1);
      await pool.start(version(id));
    }
    expect(stopped).toEqual(["a", "b"]);

    last.resolve();
    await slow;
    await vi.advanceTimersByTimeAsync(0);

    expect(stopped).toEqual(["a", "b", "c"]);
    expect(pool.running).toEqual(["slow", "d"]);
  });

  test("forgets a version that refused to start, so that it may be tried again", async () => {
    const outcomes: Start[] = [{ outcome: "refused", message: "no" }, started(() => undefined)];
    const pool = new Pool(async () => outcomes.shift() ?? started(() => undefined));

    expect((await pool.start(version("a"))).outcome).toBe("refused");
    expect((await pool.start(version("a"))).outcome).toBe("started");
  });
});
