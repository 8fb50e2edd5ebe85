import { describe, expect, test } from "vitest";
import { configurationSchema, type ScenarioConfiguration } from "../config/schema.ts";
import type { ProbeAnswer } from "../ports.ts";
import { afterStep, beginScenario, requestOf, SYNTHETIC_HEADER } from "./scenario.ts";

const { probes } = configurationSchema.shape.environments.valueType.parse({
  workerEnv: "production",
  url: "https://shop.example.com",
  probes: [
    {
      name: "visitor",
      steps: [
        {
          method: "POST",
          path: "/sign-up",
          json: { email: "probe-{{random}}@example.com", tags: ["{{random}}", 1, null] },
          expect: { status: 201, bodyIncludes: "{{random}}" },
          capture: { id: "user.id" },
        },
        { path: "/users/{{id}}", headers: { "x-id": "{{id}} {{unknown}}" } },
      ],
    },
  ],
});

const STEPS: ScenarioConfiguration["steps"] = probes.flatMap(({ steps }) => steps);

function step(path: string): ScenarioConfiguration["steps"][number] {
  const found = STEPS.find((each) => each.path === path);
  if (found) return found;
  throw new Error(`there is no step ${path}`);
}

const SIGN_UP = step("/sign-up");
const PAGE = step("/users/{{id}}");

const VERSION = "v1";
const begun = beginScenario("r1");

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): ProbeAnswer {
  return {
    kind: "answer",
    status,
    body,
    headers: { "x-worker-version": VERSION, ...headers },
    durationMs: 1,
  };
}

function after(reply: ProbeAnswer) {
  return afterStep(begun, SIGN_UP, { answer: reply, versionId: VERSION });
}

describe("a scenario's step", () => {
  test("is marked, and filled in with what is random", () => {
    const request = requestOf("visitor", SIGN_UP, begun);

    expect(request).toMatchObject({ method: "POST", path: "/sign-up" });
    expect(request.headers).toMatchObject({
      [SYNTHETIC_HEADER]: "visitor",
      "content-type": "application/json",
    });
    expect(JSON.parse(request.body ?? "")).toEqual({ email: "probe-r1@example.com", tags: ["r1", 1, null] });
  });

  test("brings what it captured and its cookies to the next one", () => {
    const cookies = "session=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT\nlang=en; Path=/";
    const { state, problem } = after(answer(201, '{"user":{"id":7},"of":"r1"}', { "set-cookie": cookies }));

    expect(problem).toBeUndefined();
    expect(requestOf("visitor", PAGE, state)).toMatchObject({
      path: "/users/7",
      headers: { cookie: "session=abc; lang=en", "x-id": "7 {{unknown}}" },
    });
  });

  test.each([
    ["another status", answer(500, "r1"), "fail", "HTTP 500, not 201"],
    ["another body", answer(201, "{}"), "fail", "doesn't say"],
    ["nothing to capture", answer(201, '{"of":"r1","user":{}}'), "fail", "has no user.id"],
    ["another version", answer(201, "r1", { "x-worker-version": "v0" }), "error", "version v0 answered"],
    ["no answer", { kind: "none", reason: "connection refused" } as const, "error", "connection refused"],
  ] as const)("with %s is none of a pass", (...[, reply, result, detail]) => {
    expect(after(reply).problem).toMatchObject({ result, detail: expect.stringContaining(detail) as string });
  });
});
