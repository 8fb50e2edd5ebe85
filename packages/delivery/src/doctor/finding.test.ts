import { describe, expect, test } from "vitest";
import { judgeBuckets, judgeDomains, judgeReviewers, platformNotes, presentFindings } from "./finding.ts";
import { judgeAnalytics, judgePermission, PERMISSIONS, TOKEN_SCOPES } from "./permission.ts";

const ok = (result: unknown) => ({ status: 200, result });

describe("the doctor", () => {
  test.each(PERMISSIONS)("names the permission that a token lacks: $name", (permission) => {
    expect(judgePermission(permission, { status: 403, result: null })).toMatchObject({
      state: "missing",
      remedy: expect.stringContaining(permission.name) as string,
    });
    expect(judgePermission(permission, ok([])).state).toBe("ok");
    expect(judgePermission(permission, { status: 501, result: null }).state).toBe("look");
  });

  test.each([
    ["ok", 200, undefined],
    ["missing", 200, "not authorized for that account"],
    ["missing", 403, "the answer is none of the analytics API"],
    ["look", 503, "the answer is none of the analytics API"],
  ])("says %s of the analytics by its answer", (state, status, refusal) => {
    expect(judgeAnalytics(status, refusal).state).toBe(state);
  });

  test("lists every permission that it asks about", () => {
    for (const { name } of PERMISSIONS) {
      const [level = "", rights = ""] = name.split(": ");
      expect(TOKEN_SCOPES).toMatch(new RegExp(`${level}: [^;]*${rights.replaceAll(/[()]/gu, ".")}`, "u"));
    }
  });

  test("names the command that makes a missing bucket", () => {
    const findings = judgeBuckets(["releases", "files"], ok({ buckets: [{ name: "files" }] }));

    expect(findings.map(({ state }) => state)).toEqual(["missing", "ok"]);
    expect(findings[0]?.remedy).toBe("npx wrangler r2 bucket create releases");
  });

  test.each([
    ["ok", [{ hostname: "shop.example.com", service: "shop" }], []],
    [
      "missing",
      [{ hostname: "shop.example.com", service: "another" }],
      [{ name: "example.com", status: "active" }],
    ],
    ["ok", [], [{ name: "example.com", status: "active" }]],
    ["missing", [], [{ name: "example.com", status: "pending" }]],
    ["missing", [], [{ name: "ample.com", status: "active" }]],
  ])("says %s of a domain by who has it and its zone", (state, domains, zones) => {
    const wanted = [{ hostname: "shop.example.com", worker: "shop" }];

    expect(judgeDomains(wanted, { domains: ok(domains), zones: ok(zones) })[0]?.state).toBe(state);
  });

  test("wants reviewers for an environment with approval", () => {
    expect(
      judgeReviewers("production", ok({ protection_rules: [{ type: "required_reviewers" }] })).state,
    ).toBe("ok");
    expect(judgeReviewers("production", ok({ protection_rules: [] }))).toMatchObject({
      state: "missing",
      remedy: expect.stringContaining("paid plan") as string,
    });
    expect(judgeReviewers("production", { status: 0, result: undefined }).state).toBe("look");
  });

  test("tells of the affinity rule only where traffic is split", () => {
    expect(platformNotes({ splits: true })).toHaveLength(2);
    expect(platformNotes({ splits: false })).toHaveLength(1);
  });

  test("counts what is missing", () => {
    expect(presentFindings([judgeReviewers("production", ok({}))])).toMatch(/✗ GitHub[\s\S]+Missing: 1\./u);
  });
});
