import process from "node:process";
import type { AddedFault } from "../faults/faults.ts";
import { numberOf, usage } from "./arguments.ts";
import { askOwnApi } from "./own-api.ts";

/** As the command line gives them. */
interface FaultArguments {
  readonly dataDir: string;
  readonly json?: boolean | undefined;
  readonly service?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  readonly nth?: string | undefined;
  readonly times?: string | undefined;
  readonly probability?: string | undefined;
  readonly seed?: string | undefined;
  readonly status?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly "retry-after"?: string | undefined;
  readonly "latency-ms"?: string | undefined;
  readonly "jitter-ms"?: string | undefined;
  readonly when?: string | undefined;
}

/** `fault add|list|clear`: makes the running local cloud fail on purpose. Returns the exit code. */
export async function fault(words: readonly string[], values: FaultArguments): Promise<number> {
  const [action, subject, ...rest] = words;
  const { dataDir } = values;
  if (rest.length > 0 || (action === "list" && subject !== undefined))
    throw usage(`fault ${action} takes no ${rest.at(-1) ?? subject}.`);
  switch (action) {
    case "add": {
      if (subject === undefined) throw usage("fault add takes an effect, such as: fault add error.");
      const body = faultOf(subject, values);
      const added = (await askOwnApi(dataDir, { method: "POST", path: "/__faults", body })) as AddedFault;
      print(values, added, added.id);
      return 0;
    }
    case "list": {
      const faults = (await askOwnApi(dataDir, { method: "GET", path: "/__faults" })) as AddedFault[];
      print(values, faults, faults.map(lineOf).join("\n") || "No faults.");
      return 0;
    }
    case "clear": {
      const path = subject === undefined ? "/__faults" : `/__faults/${encodeURIComponent(subject)}`;
      const result = (await askOwnApi(dataDir, { method: "DELETE", path })) as { cleared: number };
      print(values, result, `${result.cleared} ended`);
      return 0;
    }
    default:
      throw usage(`fault takes add, list or clear, not ${action ?? "nothing"}.`);
  }
}

/** As the API takes it; what is wrong in it, the API says. */
function faultOf(effect: string, values: FaultArguments): Readonly<Record<string, unknown>> {
  const { service, method, path, host, when, message } = values;
  const code = values.code !== undefined && /^\d+$/u.test(values.code) ? Number(values.code) : values.code;
  const fields = {
    effect,
    service,
    method,
    path,
    host,
    when,
    message,
    code,
    nth: numberOf(values.nth, "--nth"),
    times: numberOf(values.times, "--times"),
    probability: numberOf(values.probability, "--probability"),
    seed: numberOf(values.seed, "--seed"),
    status: numberOf(values.status, "--status"),
    retryAfterSeconds: numberOf(values["retry-after"], "--retry-after"),
    latencyMs: numberOf(values["latency-ms"], "--latency-ms"),
    jitterMs: numberOf(values["jitter-ms"], "--jitter-ms"),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function lineOf({ id, fault: { effect, service, ...rest }, applied, matched }: AddedFault): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return `${id}  ${service} ${effect}  ${details.join(" ")}  (${applied} of ${matched} requests)`;
}

function print({ json = false }: FaultArguments, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}
