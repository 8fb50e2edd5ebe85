import { randomBytes } from "node:crypto";
import type { ScenarioConfiguration } from "../config/schema.ts";
import type { Context, Target } from "../context.ts";
import { afterStep, beginScenario, requestOf, type ScenarioState } from "../gate/scenario.ts";
import type { Measurement, Verdict } from "../ledger/entry.ts";
import { probeTarget, type GateRequest } from "./gate.ts";

/**
 * Goes through the app's scenarios and runs the project's commands, for a candidate that answers healthy.
 * @returns the verdict that stops it; undefined when all is well
 */
export async function judgeChecks(
  context: Context,
  target: Target,
  request: GateRequest,
): Promise<Verdict | undefined> {
  const { probes, gates } = target.configuration;
  for (const scenario of probes) {
    const measurement = await tryScenario(context, target, { request, scenario });
    context.reporter.measured(measurement);
    if (measurement.result !== "pass") return failed(request, measurement);
  }
  for (const argv of gates.commands) {
    const measurement = await runCommand(context, target, { request, argv });
    context.reporter.measured(measurement);
    if (measurement.result !== "pass") return failed(request, measurement);
  }
  return undefined;
}

function failed({ gate }: GateRequest, measurement: Measurement): Verdict {
  return { gate, result: "fail", measurements: [measurement] };
}

interface Attempt {
  readonly request: GateRequest;
  readonly scenario: ScenarioConfiguration;
}

/** Again and again until it passes, or has failed or come to nothing as often as the limits allow. */
async function tryScenario(context: Context, target: Target, attempt: Attempt): Promise<Measurement> {
  const { limits, intervalMs } = context.settings.configuration.gate;
  const count = { pass: 0, fail: 0, error: 0 };
  for (;;) {
    const measurement = await runScenario(context, target, attempt);
    count[measurement.result] += 1;
    if (count.pass > 0 || count.fail >= limits.failures || count.error >= limits.errors) return measurement;
    context.reporter.measured(measurement);
    await context.clock.sleep(intervalMs);
  }
}

async function runScenario(
  context: Context,
  target: Target,
  { request, scenario }: Attempt,
): Promise<Measurement> {
  const probe = `probe ${scenario.name}`;
  const { state, problem } = await runSteps(context, target, {
    request,
    scenario,
    steps: scenario.steps,
    state: beginScenario(randomBytes(6).toString("hex")),
  });
  // Whatever it has left behind is cleaned up, also after a failure.
  const cleanup = await runSteps(context, target, { request, scenario, steps: scenario.cleanup, state });
  if (problem) return { probe, ...problem };
  if (cleanup.problem) return { probe, ...cleanup.problem, detail: `cleaning up: ${cleanup.problem.detail}` };
  return { probe, result: "pass", detail: `${scenario.steps.length} steps` };
}

async function runSteps(
  context: Context,
  target: Target,
  {
    request,
    scenario,
    steps,
    state: from,
  }: Attempt & { readonly steps: ScenarioConfiguration["steps"]; readonly state: ScenarioState },
): Promise<ReturnType<typeof afterStep>> {
  const { timeoutMs } = context.settings.configuration.gate;
  let state = from;
  for (const step of steps) {
    const { method, path, headers, body } = requestOf(scenario.name, step, state);
    const at = probeTarget(context, target, { ...request, path });
    const asked = {
      ...at,
      method,
      headers: { ...at.headers, ...headers },
      ...(body !== undefined && { body }),
    };
    const answer = await context.probe(asked, timeoutMs);
    const after = afterStep(state, step, { answer, versionId: request.versionId });
    if (after.problem) return after;
    ({ state } = after);
  }
  return { state, problem: undefined };
}

async function runCommand(
  { run }: Context,
  target: Target,
  { request, argv }: { readonly request: GateRequest; readonly argv: readonly string[] },
): Promise<Measurement> {
  const { exitCode, output } = await run(argv, {
    DELIVERY_ENVIRONMENT: target.name,
    DELIVERY_URL: request.baseUrl ?? target.configuration.url,
    DELIVERY_WORKER: target.worker.workerName,
    DELIVERY_VERSION: request.versionId,
    DELIVERY_GATE: request.gate,
  });
  const probe = `command ${argv.join(" ")}`;
  if (exitCode === 0) return { probe, result: "pass", detail: "exit code 0" };
  const said = output.trim().split("\n").at(-1) ?? "";
  return {
    probe,
    result: "fail",
    detail: `exit code ${exitCode ?? "none"}${said === "" ? "" : `: ${said}`}`,
  };
}
