import { VERSION_HEADER } from "health-contract";
import type { ScenarioConfiguration } from "../config/schema.ts";
import type { Measurement } from "../ledger/entry.ts";
import type { ProbeAnswer } from "../ports.ts";

type ScenarioStep = ScenarioConfiguration["steps"][number];

/** What a scenario remembers from one step to the next. */
export interface ScenarioState {
  /** What `{{name}}` stands for in later steps. */
  readonly variables: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
}

export interface ScenarioRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Tells the app that nobody is behind a request: no mail, no place in its own statistics. */
export const SYNTHETIC_HEADER = "x-delivery-probe";

/** As a browser asks for a page, unless a step says otherwise. */
const ACCEPT = "text/html,application/json;q=0.9,*/*;q=0.8";

/** `random` is what `{{random}}` stands for: another one each time, so that two runs don't meet. */
export function beginScenario(random: string): ScenarioState {
  return { variables: { random }, cookies: {} };
}

export function requestOf(
  scenario: string,
  step: ScenarioStep,
  { variables, cookies }: ScenarioState,
): ScenarioRequest {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return {
    method: step.method,
    path: filled(step.path, variables),
    headers: {
      [SYNTHETIC_HEADER]: scenario,
      accept: ACCEPT,
      ...(cookie.length > 0 && { cookie: cookie.join("; ") }),
      ...(step.json !== undefined && { "content-type": "application/json" }),
      ...(filledDeeply(step.headers, variables) as Record<string, string>),
    },
    body: bodyOf(step, variables),
  };
}

function bodyOf({ json, body }: ScenarioStep, variables: ScenarioState["variables"]): string | undefined {
  if (json !== undefined) return JSON.stringify(filledDeeply(json, variables));
  return body === undefined ? undefined : filled(body, variables);
}

/** The state after a step's answer, and what was wrong with it: nothing, the candidate's failure, or an error that isn't its own. */
export function afterStep(
  state: ScenarioState,
  step: ScenarioStep,
  { answer, versionId }: { readonly answer: ProbeAnswer; readonly versionId: string },
): { readonly state: ScenarioState; readonly problem: Pick<Measurement, "result" | "detail"> | undefined } {
  const where = `${step.method} ${step.path}`;
  const problem = (result: "fail" | "error", detail: string) => ({
    state,
    problem: { result, detail: `${where}: ${detail}` },
  });
  if (answer.kind === "none") return problem("error", answer.reason);
  const answering = answer.headers[VERSION_HEADER];
  if (answering !== versionId) return problem("error", `version ${answering ?? "unknown"} answered`);
  if (answer.status !== step.expect.status)
    return problem("fail", `HTTP ${answer.status}, not ${step.expect.status}`);
  const { bodyIncludes } = step.expect;
  if (bodyIncludes !== undefined && !answer.body.includes(filled(bodyIncludes, state.variables)))
    return problem("fail", `the answer doesn't say "${bodyIncludes}"`);
  const captured = captures(step, answer.body);
  if (typeof captured === "string") return problem("fail", `the answer has no ${captured}`);
  const cookies = { ...state.cookies, ...cookiesOf(answer.headers["set-cookie"] ?? "") };
  return { state: { variables: { ...state.variables, ...captured }, cookies }, problem: undefined };
}

/** Values by name, or the path that isn't there. */
function captures({ capture }: ScenarioStep, body: string): Readonly<Record<string, string>> | string {
  const found: Record<string, string> = {};
  for (const [name, path] of Object.entries(capture)) {
    const value = valueAt(body, path);
    if (value === undefined) return path;
    found[name] = value;
  }
  return found;
}

function valueAt(body: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Name and value of each cookie; the adapter puts each on a line of its own. */
function cookiesOf(lines: string): Readonly<Record<string, string>> {
  const pairs = lines.split("\n").flatMap((line) => {
    const match = /^\s*(?<name>[^=;\s]+)=(?<value>[^;]*)/u.exec(line);
    return match?.groups ? [[match.groups["name"] ?? "", match.groups["value"] ?? ""] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function filled(text: string, variables: ScenarioState["variables"]): string {
  return text.replaceAll(/\{\{(?<name>\w+)\}\}/gu, (whole, name: string) => variables[name] ?? whole);
}

function filledDeeply(value: unknown, variables: ScenarioState["variables"]): unknown {
  if (typeof value === "string") return filled(value, variables);
  if (Array.isArray(value)) return value.map((each) => filledDeeply(each, variables));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledDeeply(each, variables)]));
}
