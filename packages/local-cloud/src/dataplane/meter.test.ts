import { describe, expect, test } from "vitest";
import { Meter } from "./meter.ts";

const MIB = 1024 * 1024;

function metered() {
  const state = { nowMs: 0, cpuMs: 0, memoryBytes: 50 * MIB, isGone: false };
  const meter = new Meter(
    {
      usage: () => (state.isGone ? undefined : { cpuMs: state.cpuMs, memoryBytes: state.memoryBytes }),
      cpuMs: () => state.cpuMs,
    },
    { cpuMs: 1000 },
    () => state.nowMs,
  );
  const spend = (cpuMs: number, wallMs = cpuMs) => {
    state.cpuMs += cpuMs;
    state.nowMs += wallMs;
  };
  return { state, meter, spend };
}

describe("the meter of a version's process", () => {
  test("attributes CPU time to the one request in flight", () => {
    const { meter, spend } = metered();
    spend(500);
    const request = meter.begin();

    spend(30, 400);

    expect(request.end()).toBe(30);
  });

  test("divides it among those that overlap", () => {
    const { meter, spend } = metered();
    const long = meter.begin();
    spend(10);
    const short = meter.begin();
    spend(20);

    expect(short.end()).toBe(10);
    spend(5);
    expect(long.end()).toBe(25);
  });

  test("finds a request that took more than the limit, however often others are answered", () => {
    const { meter, spend } = metered();
    meter.begin();
    for (let turn = 0; turn < 30; turn += 1) {
      const other = meter.begin();
      spend(60);
      other.end();
    }

    expect(meter.look()).toBeUndefined();
    spend(200);
    expect([meter.look(), meter.look()]).toEqual([undefined, "exceededCpu"]);
  });

  test("calls a process greedy while one request works without a sign of life", () => {
    const { meter, spend } = metered();
    const request = meter.begin();
    spend(300);
    meter.look();
    const during = meter.isGreedy;
    request.progress();

    expect([during, meter.isGreedy]).toEqual([true, false]);
  });

  test("calls no process greedy whose many requests each wait for a little", () => {
    const { meter, spend } = metered();
    for (let count = 0; count < 200; count += 1) meter.begin();

    spend(900);
    meter.look();

    expect(meter.isGreedy).toBe(false);
  });

  test("finds a loop that holds up many requests as soon as one of them would be over the limit", () => {
    const { meter, spend } = metered();
    for (let count = 0; count < 50; count += 1) meter.begin();

    spend(900);
    expect(meter.look()).toBeUndefined();
    spend(200);
    expect([meter.look(), meter.look()]).toEqual([undefined, "exceededCpu"]);
  });

  test("finds a loop that goes on after its answer", () => {
    const { meter, spend } = metered();
    meter.begin().end();

    const found = Array.from({ length: 12 }, () => {
      spend(100);
      return meter.look();
    });

    expect(found).toEqual([...Array.from({ length: 11 }, () => undefined), "exceededCpu"]);
  });

  test("lets a version serve for as long as each request keeps to the limit", () => {
    const { meter, spend } = metered();
    for (let count = 0; count < 100; count += 1) {
      const request = meter.begin();
      spend(500);
      expect(meter.look()).toBeUndefined();
      request.end();
    }
  });

  test("takes nothing for silence that was only not read yet", () => {
    const { meter, spend } = metered();
    const request = meter.begin();
    meter.begin();
    spend(1200);

    const first = meter.look();
    request.progress();

    expect([first, meter.look()]).toEqual([undefined, undefined]);
  });

  test("counts waiting as nothing", () => {
    const { meter, spend } = metered();
    meter.begin();

    spend(0, 3_600_000);

    expect(meter.look()).toBeUndefined();
  });

  test("finds too much memory, and that of a process that is gone", () => {
    const { meter, state } = metered();
    state.memoryBytes += 500 * MIB;
    expect(meter.look()).toBeUndefined();
    state.memoryBytes += 20 * MIB;

    expect(meter.look()).toBe("exceededMemory");
    state.isGone = true;
    expect(meter.look()).toBe("gone");
    expect(meter.wasNearlyFull).toBe(true);
  });

  test("takes a nearly full process that only collects garbage for a full one", () => {
    const { meter, state, spend } = metered();
    meter.begin();
    state.memoryBytes += 110 * MIB;
    spend(700);
    expect(meter.look()).toBeUndefined();
    spend(100);

    expect([meter.look(), meter.look()]).toEqual([undefined, "exceededMemory"]);
  });
});
