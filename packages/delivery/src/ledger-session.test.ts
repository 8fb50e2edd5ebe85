import process from "node:process";
import { describe, expect, test } from "vitest";
import { parseConfiguration } from "./config/load.ts";
import { DeliveryError } from "./errors.ts";
import type { LedgerEntry, NewEntry } from "./ledger/entry.ts";
import { formatOwner } from "./ledger/owner.ts";
import { appendLeaseless, openLedger, thisProcess, type SessionParts } from "./ledger-session.ts";
import type { Clock } from "./ports.ts";
import { createMemoryLedger, type MemoryLedger } from "./testing/memory-ledger.ts";

const CONFIGURATION = parseConfiguration({
  worker: { config: "wrangler.toml" },
  releases: { bucket: "releases", build: ["true"] },
  ledger: { termMs: 60_000 },
  environments: {},
});
const PLANNED: NewEntry = { rolloutId: "o-1", type: "planned", releaseId: "r-1" };

interface Fixture {
  readonly store: MemoryLedger;
  readonly parts: SessionParts;
  readonly types: () => readonly string[];
}

/** Another process of this machine. */
const SIBLING = formatOwner({ ...thisProcess(), pid: process.ppid });
const AWAY = new DeliveryError({ code: "LEDGER_UNAVAILABLE", message: "The remote is away.", hint: "…" });

/** Only sleeping moves it. */
function createClock(): Clock {
  let nowMs = 0;
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  return { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep };
}

function createFixture(alive: readonly number[] = []): Fixture {
  const store = createMemoryLedger();
  const parts = {
    settings: { configuration: CONFIGURATION, actor: { kind: "person", name: "me" } },
    environment: "staging",
    store,
    journal: () => undefined,
    clock: createClock(),
    reporter: { say: () => undefined, measured: () => undefined, recorded: () => undefined },
    isAlive: (pid: number) => alive.includes(pid),
  } as unknown as SessionParts;
  return { store, parts, types: () => store.entries("staging").map(({ type }) => type) };
}

function foreign(seq: number, type: LedgerEntry["type"], owner = "elsewhere/7"): LedgerEntry {
  return {
    schema: 1,
    seq,
    at: "2026-01-01T00:00:00.000Z",
    actor: { kind: "person", name: "somebody else" },
    lease: { owner, nonce: "theirs" },
    environment: "staging",
    rolloutId: "o-1",
    type,
  };
}

describe("a lease", () => {
  test("is taken, given back, and can be taken again", async () => {
    const { parts, types } = createFixture();

    await (await openLedger(parts)).release();
    await (await openLedger(parts)).release();

    expect(types()).toEqual(["lease_acquired", "lease_released", "lease_acquired", "lease_released"]);
  });

  test("of a process that lives on this machine is refused at once, with who holds it", async () => {
    const { parts, store } = createFixture([process.ppid]);
    const at = parts.clock.now().toISOString();
    store.add("staging", { ...foreign(1, "lease_acquired", SIBLING), at });

    await expect(openLedger(parts)).rejects.toMatchObject({
      code: "LEASE_HELD",
      exitCode: 5,
      message: expect.stringContaining("somebody else") as string,
    });
  });

  test("of a process that has ended on this machine is taken over at once", async () => {
    const { parts, store, types } = createFixture();
    store.add("staging", foreign(1, "lease_acquired", SIBLING));
    const before = parts.clock.monotonicMs();

    await openLedger(parts);

    expect(types()).toEqual(["lease_acquired", "lease_taken"]);
    expect(parts.clock.monotonicMs()).toBe(before);
  });

  test("of a process that doesn't renew it is taken over after a term, although something has its number", async () => {
    const { parts, store, types } = createFixture([process.ppid]);
    store.add("staging", foreign(1, "lease_acquired", SIBLING));
    const before = parts.clock.monotonicMs();

    await openLedger(parts);

    expect(types()).toEqual(["lease_acquired", "lease_taken"]);
    expect(parts.clock.monotonicMs() - before).toBe(60_000);
  });

  test("of another machine is taken over after it stood still for a term, whatever its clock says", async () => {
    const { parts, store, types } = createFixture();
    store.add("staging", { ...foreign(1, "lease_acquired"), at: "2036-01-01T00:00:00.000Z" });
    const before = parts.clock.monotonicMs();

    await openLedger(parts);

    expect(types()).toEqual(["lease_acquired", "lease_taken"]);
    expect(parts.clock.monotonicMs() - before).toBe(60_000);
  });

  test("of another machine that renews it is refused", async () => {
    const { parts, store } = createFixture();
    store.add("staging", foreign(1, "lease_acquired"));
    const sleep = parts.clock.sleep.bind(parts.clock);
    const clock = {
      ...parts.clock,
      sleep: async (ms: number) => {
        store.add("staging", foreign(2, "lease_renewed"));
        await sleep(ms);
      },
    };

    await expect(openLedger({ ...parts, clock })).rejects.toMatchObject({ code: "LEASE_HELD" });
  });

  test("that was taken over lets its former holder write nothing more", async () => {
    const { parts, store, types } = createFixture();
    const session = await openLedger(parts);
    store.add("staging", foreign(2, "lease_taken"));

    session.record(PLANNED);

    await expect(session.flush()).rejects.toMatchObject({ code: "LEASE_HELD" });
    expect(types()).toEqual(["lease_acquired", "lease_taken"]);
  });
});

describe("a person's entry beside a running delivery", () => {
  test("goes before what the delivery writes next, and the delivery knows of it", async () => {
    const { parts, store } = createFixture();
    const session = await openLedger(parts);
    session.record(PLANNED);
    await session.flush();

    await appendLeaseless(parts, () => ({ rolloutId: "o-1", type: "requested", request: "abort" }));
    session.record({ rolloutId: "o-1", type: "routed" });
    await session.flush();

    expect(store.entries("staging").map(({ seq, type }) => [seq, type])).toEqual([
      [1, "lease_acquired"],
      [2, "planned"],
      [3, "requested"],
      [4, "routed"],
    ]);
    expect(session.state().open?.entries.map(({ type }) => type)).toEqual(["planned", "requested", "routed"]);
  });

  test("is seen by a look even when the delivery writes nothing, but not more often than every 5 s", async () => {
    const { parts } = createFixture();
    const session = await openLedger(parts);
    await appendLeaseless(parts, () => ({ rolloutId: "", type: "locked", reason: "a demo" }));

    await session.look();
    expect(session.state().lock).toBeUndefined();
    await parts.clock.sleep(5000);
    await session.look();

    expect(session.state().lock).toMatchObject({ by: "me", reason: "a demo" });
  });

  test("is written again after the delivery was quicker", async () => {
    const { parts, store, types } = createFixture();
    const session = await openLedger(parts);
    store.beforeAppend = () => {
      store.beforeAppend = () => undefined;
      store.add("staging", {
        ...foreign(2, "lease_renewed"),
        lease: session.state().lease ?? foreign(0, "stuck").lease,
      });
    };

    await appendLeaseless(parts, () => ({ rolloutId: "", type: "locked", reason: "a demo" }));

    expect(types()).toEqual(["lease_acquired", "lease_renewed", "locked"]);
    expect(store.entries("staging").at(-1)?.seq).toBe(3);
  });
});

describe("a ledger that can't be reached", () => {
  test("for a moment is written to afterwards", async () => {
    const { parts, store, types } = createFixture();
    const sleep = async (ms: number) => {
      store.fail(undefined);
      await parts.clock.sleep(ms);
    };
    const session = await openLedger({ ...parts, clock: { ...parts.clock, sleep } });
    store.fail(AWAY);
    session.record(PLANNED);

    await session.flush();

    expect(types().at(-1)).toBe("planned");
  });

  test("is given up after some seconds", async () => {
    const { parts, store } = createFixture();
    const session = await openLedger(parts);
    const before = parts.clock.monotonicMs();
    store.fail(AWAY);
    session.record(PLANNED);

    await expect(session.flush()).rejects.toBe(AWAY);
    expect(parts.clock.monotonicMs() - before).toBeLessThanOrEqual(5000);
  });

  test("doesn't end a look until the lease may be lost", async () => {
    const { parts, store } = createFixture();
    const session = await openLedger(parts);
    store.fail(AWAY);

    await parts.clock.sleep(20_000);
    await session.look();
    await parts.clock.sleep(20_000);

    await expect(session.look()).rejects.toBe(AWAY);
  });
});

test("a ledger that lost entries is not written to", async () => {
  const { parts, store, types } = createFixture();
  const session = await openLedger(parts);
  store.set("staging", []);

  session.record(PLANNED);

  await expect(session.flush()).rejects.toMatchObject({ code: "DRIFT", exitCode: 6 });
  expect(types()).toEqual([]);
});
