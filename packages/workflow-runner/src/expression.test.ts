import { describe, expect, test } from "vitest";
import { evaluate, interpolate, isTrue, type Scope } from "./expression.ts";

const scope: Scope = {
  contexts: {
    github: { ref: "refs/heads/main", event_name: "push", sha: "abc" },
    needs: { build: { result: "success", outputs: { release: "r-1", count: "3" } } },
    secrets: { KEY: "it's $secret" },
    vars: {},
  },
  functions: { success: () => true, failure: () => false },
};

describe("an expression", () => {
  test.each([
    ["github.ref == 'refs/heads/main'", true],
    ["github.ref == 'REFS/HEADS/MAIN'", true],
    ["github.event_name != 'push' || success()", true],
    ["!failure() && github.sha == 'abc'", true],
    ["needs.build.outputs.release", "r-1"],
    ["needs.build.outputs.count > 2", true],
    ["needs['build'].result", "success"],
    ["vars.MISSING", null],
    ["vars.MISSING || 'otherwise'", "otherwise"],
    ["contains('Hello', 'ell')", true],
    ["startsWith(github.ref, 'refs/heads/')", true],
    ["format('{0}-{1}', 'a', 2)", "a-2"],
    ["fromJSON('[1,2]')[1]", 2],
    ["'it''s'", "it's"],
    ["(1 < 2) == true", true],
  ])("%s is %j", (source, value) => {
    expect(evaluate(source, scope)).toEqual(value);
  });

  test.each([
    ["steps.build", 'there is no "steps" here'],
    ["nothing()", "there is no function nothing() here"],
    ["github.ref ==", "it ends too early"],
    ["github.ref = 'a'", "unexpected"],
    ["(1", 'expected ")"'],
  ])("%s is refused with what is wrong", (source, what) => {
    expect(() => evaluate(source, scope)).toThrow(what);
  });

  test("puts a value into a text as it is", () => {
    expect(interpolate("key=${{ secrets.KEY }};${{ vars.NONE }}", scope)).toBe("key=it's $secret;");
  });

  test("is a condition with or without its braces", () => {
    expect(isTrue("${{ github.event_name == 'push' }}", scope)).toBe(true);
    expect(isTrue("github.event_name == 'schedule'", scope)).toBe(false);
  });
});
