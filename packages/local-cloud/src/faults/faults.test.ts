import { describe, expect, test } from "vitest";
import { faultSchema, impossible, type FaultInput, type Subject } from "./fault.ts";
import { Faults } from "./faults.ts";

const get = (path = "/", host?: string): Subject => ({ services: ["api", "r2"], method: "GET", path, host });

function withFault(input: FaultInput): Faults {
  const faults = new Faults({ freeze: () => "no state here", thaw: () => "no state here" });
  faults.add(faultSchema.parse(input));
  return faults;
}

/** Which of so many equal requests it happens to, counted from 1. */
function hits(input: FaultInput, requests: number): readonly number[] {
  const faults = withFault(input);
  const turns = Array.from({ length: requests }, (_, index) => index + 1);
  return turns.filter(() => faults.decide(get(), ["reset"]).fault !== undefined);
}

const RESET = { service: "api", effect: "reset" } as const;

describe("a fault", () => {
  test.each<[string, FaultInput, readonly number[]]>([
    ["always", RESET, [1, 2, 3, 4, 5]],
    ["the third time", { ...RESET, nth: 3 }, [3]],
    ["twice from the second time on", { ...RESET, nth: 2, times: 2 }, [2, 3]],
    ["the first two times", { ...RESET, times: 2 }, [1, 2]],
  ])("happens %s", (_, input, expected) => {
    expect(hits(input, 5)).toEqual(expected);
  });

  test("with a probability happens to the same requests for the same seed, and to about so many", () => {
    const first = hits({ ...RESET, probability: 0.3, seed: 7 }, 1000);

    expect(hits({ ...RESET, probability: 0.3, seed: 7 }, 1000)).toEqual(first);
    expect(hits({ ...RESET, probability: 0.3, seed: 8 }, 1000)).not.toEqual(first);
    expect(first.length).toBeGreaterThan(250);
    expect(first.length).toBeLessThan(350);
  });

  test.each<[Partial<FaultInput>, Subject, boolean]>([
    [{ service: "r2" }, get(), true],
    [{ service: "edge" }, get(), false],
    [{ method: "POST" }, get(), false],
    [{ path: "/a/*/c" }, get("/a/b/c"), true],
    [{ path: "/a/*" }, get("/a/b/c"), false],
    [{ path: "/a/**" }, get("/a/b/c"), true],
    [{ path: "/a.c" }, get("/abc"), false],
    [{ host: "*.example.com" }, get("/", "shop.example.com"), true],
    [{ host: "*.example.com" }, get("/"), false],
  ])("%j and a request %j: %s", (part, subject, expected) => {
    const verdict = withFault({ ...RESET, ...part } as FaultInput).decide(subject, ["reset"]);

    expect(verdict.fault !== undefined).toBe(expected);
  });

  test("waits for a request that can show it", () => {
    const faults = withFault({ ...RESET, effect: "stale", nth: 1 });

    expect(faults.decide(get(), ["error"]).fault).toBeUndefined();
    expect(faults.decide(get(), ["stale"]).fault).toMatchObject({ effect: "stale" });
  });

  test("of latency adds to another's, and comes before an error", () => {
    const faults = withFault({ ...RESET, effect: "latency", latencyMs: 10 });
    faults.add(faultSchema.parse({ ...RESET, effect: "latency", latencyMs: 5 }));
    faults.add(faultSchema.parse({ ...RESET, effect: "error", status: 503 }));

    expect(faults.decide(get(), ["latency", "error"])).toMatchObject({
      latencyMs: 15,
      fault: { effect: "error", status: 503 },
    });
  });

  test("ends alone or with all others", () => {
    const faults = withFault(RESET);
    const second = faults.add(faultSchema.parse({ ...RESET, nth: 2 }));

    expect(faults.clear("none of these")).toBe(0);
    expect(faults.clear(second.id)).toBe(1);
    expect(faults.clear()).toBe(1);
    expect(faults.list()).toEqual([]);
  });

  test.each([
    [{ ...RESET, effect: "latency" }, "latencyMs"],
    [{ ...RESET, effect: "error", status: 200 }, "status"],
    [{ ...RESET, latencyMs: 3 }, "latencyMs"],
    [{ ...RESET, nth: 0 }, "nth"],
    [{ ...RESET, probability: 1.5 }, "probability"],
    [{ ...RESET, service: "s3" }, "service"],
    [{ ...RESET, effect: "explosion" }, "effect"],
  ])("%j is refused", (input, field) => {
    expect(JSON.stringify(faultSchema.safeParse(input).error?.issues)).toContain(field);
  });

  test("that no request could show is refused", () => {
    expect(impossible(faultSchema.parse({ service: "xata", effect: "stale" }))).toContain("xata");
    expect(impossible(faultSchema.parse({ service: "r2", effect: "stale" }))).toBeUndefined();
  });
});
