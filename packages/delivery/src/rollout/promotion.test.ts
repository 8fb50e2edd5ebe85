import { describe, expect, test } from "vitest";
import type { ProvenRelease } from "../ledger/fold.ts";
import { decidePromotion, openBreakGlass, refusedAsOlder, type PromotionRequest } from "./promotion.ts";

function release(day: number, more: Partial<ProvenRelease> = {}): ProvenRelease {
  return {
    releaseId: `r-202601${String(day).padStart(2, "0")}T000000Z-abcdef0`,
    archiveSha256: `digest ${day}`,
    versionId: `v-${day}`,
    etag: `e-${day}`,
    secrets: {},
    seq: 1,
    provenAt: "2026-01-30T00:00:00.000Z",
    abandoned: false,
    silent: false,
    exceptions: {},
    ...more,
  };
}

const [first, second, third] = [release(1), release(2), release(3)];
const REQUEST: PromotionRequest = {
  environment: "production",
  provenBy: "staging",
  releaseId: undefined,
  source: { current: second, proven: [first, second] },
  current: first,
  exceptions: {},
};

describe("an environment that another one proves for", () => {
  test("takes what serves there", () => {
    expect(decidePromotion(REQUEST)).toEqual({
      kind: "take",
      releaseId: second.releaseId,
      archiveSha256: "digest 2",
    });
  });

  test("takes nothing that was not proven, or was left by a rollback", () => {
    const left = { current: first, proven: [first, release(2, { abandoned: true })] };

    expect(decidePromotion({ ...REQUEST, releaseId: third.releaseId })).toMatchObject({ code: "NOT_PROVEN" });
    expect(decidePromotion({ ...REQUEST, releaseId: second.releaseId, source: left })).toMatchObject({
      code: "NOT_PROVEN",
    });
  });

  test("takes an older release than the one that serves for a reason only", () => {
    const older = { ...REQUEST, releaseId: first.releaseId, current: second };

    expect(decidePromotion(older)).toMatchObject({ kind: "refused", code: "OLDER" });
    expect(decidePromotion({ ...older, exceptions: { older: "the new one costs too much" } })).toMatchObject({
      kind: "take",
    });
  });

  test("takes the same release again, and anything after a Worker that was adopted", () => {
    expect(decidePromotion({ ...REQUEST, current: second })).toMatchObject({ kind: "take" });
    expect(decidePromotion({ ...REQUEST, current: release(9, { releaseId: "adopted-1" }) })).toMatchObject({
      kind: "take",
    });
  });

  test("takes a hotfix while the other one is red when the glass is broken", () => {
    const exceptions = { breakGlass: "nobody can sign in" };

    expect(decidePromotion({ ...REQUEST, releaseId: third.releaseId, exceptions })).toEqual({
      kind: "take",
      releaseId: third.releaseId,
      archiveSha256: undefined,
    });
    expect(decidePromotion({ ...REQUEST, exceptions })).toMatchObject({ kind: "take", releaseId: undefined });
  });

  test("takes a hotfix that is older than what serves for a reason only", () => {
    const exceptions = { breakGlass: "nobody can sign in" };
    const request = { ...REQUEST, current: second, exceptions };

    expect(refusedAsOlder(request, first.releaseId)).toMatchObject({ code: "OLDER" });
    expect(refusedAsOlder(request, third.releaseId)).toBeUndefined();
    const meant = { ...request, exceptions: { ...exceptions, older: "the new one costs too much" } };
    expect(refusedAsOlder(meant, first.releaseId)).toBeUndefined();
  });
});

describe("broken glass", () => {
  const hotfix = release(3, { exceptions: { breakGlass: "nobody can sign in" } });

  test("stays open until the other environment has proven the same bytes", () => {
    expect(openBreakGlass(hotfix, { proven: [first, second] })).toBe("nobody can sign in");
    expect(openBreakGlass(hotfix, { proven: [first, release(3)] })).toBeUndefined();
  });

  test("is closed by another release", () => {
    expect(openBreakGlass(second, { proven: [] })).toBeUndefined();
  });
});
