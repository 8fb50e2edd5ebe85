import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "testkit";
import { survivors } from "../leaks.ts";
import type { Finished } from "../run.ts";
import { expectDone } from "./deliver-while.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import type { Running } from "../terminal.ts";
import { routing, type Call } from "./wire.ts";

const ENDS_WITHIN_MS = 5000;

const SIGNALS = [
  { signal: "SIGTERM", to: "command", exitCode: 143 },
  // As a terminal sends Ctrl-C.
  { signal: "SIGINT", to: "group", exitCode: 130 },
] as const;

/** An instant of a command at which it is told to end. */
interface Instant {
  readonly name: string;
  readonly isFirst?: boolean;
  readonly verb?: "rollback";
  /** A call that is on its way to the API, or words. */
  readonly at: ((call: Call) => boolean) | string;
  /** Whether the lease is given back, which it isn't while something may still come late. */
  readonly givesBack: boolean;
}

const INSTANTS: readonly Instant[] = [
  { name: "asks for its bucket", at: ({ path }) => path.includes("/r2/buckets/"), givesBack: true },
  { name: "uploads a version", at: isUpload("POST", "/versions"), givesBack: true },
  { name: "makes a Worker", isFirst: true, at: isUpload("PUT"), givesBack: false },
  { name: "routes 0 %", at: routing("0"), givesBack: true },
  { name: "judges a candidate", at: "routing 10 %", givesBack: true },
  { name: "routes 100 %", at: routing("100"), givesBack: true },
  {
    name: "gives a Worker its domain",
    isFirst: true,
    at: ({ method, path }) => method === "PUT" && path.endsWith("/domains/records"),
    givesBack: false,
  },
  { name: "rolls back", verb: "rollback", at: routing("rollback"), givesBack: true },
];

function isUpload(method: string, end = ""): (call: Call) => boolean {
  const path = new RegExp(`/workers/scripts/[^/]+${end}$`, "u");
  return (call) => call.method === method && path.test(call.path);
}

/** Commands that are told to end, and are done again. */
export const endingScenarios: readonly Scenario[] = INSTANTS.flatMap((instant) =>
  SIGNALS.map((sent): Scenario => {
    const { name, isFirst = false, verb } = instant;
    return {
      name: `${sent.signal} ends a ${verb ?? "delivery"} within 5 s while it ${name}, and it is done again`,
      isFirst,
      play: async (stage) => {
        if (verb === "rollback") expectDone(await stage.delivery());
        await endAt(stage, instant, sent);
        const again = await stage.delivery(argsOf(stage, instant));
        if (again.exitCode === 0) expectDone(await stage.delivery(["audit", stage.environment]));
        return again;
      },
      end: { exitCode: 0, serves: verb === "rollback" ? "stable" : "candidate" },
    };
  }),
);

function argsOf({ environment }: Stage, { verb = "deploy" }: { readonly verb?: string }): readonly string[] {
  return [verb, environment];
}

async function endAt(
  stage: Stage,
  instant: Instant,
  { signal, to, exitCode }: (typeof SIGNALS)[number],
): Promise<void> {
  // Whatever it starts has the variable too.
  const folder = temporaryFolder("ended");
  const running = stage.start(argsOf(stage, instant), { DELIVERY_EVENTS_FILE: join(folder, "events") });
  await arrival(stage, instant, running);
  running.signal(signal, to);
  const ended = await Promise.race([running.finished, sleep(ENDS_WITHIN_MS, undefined)]);
  if (ended === undefined) throw new Error("it goes on");
  const left = await survivors(folder);
  if (left.length > 0) throw new Error(`it leaves ${left.join(", ")}`);
  if (ended.exitCode !== exitCode || !ended.stderr.includes(`It was ended by ${signal}`))
    throw new Error(`it ended with ${ended.exitCode}, not with ${exitCode}: ${ended.stderr}`);
  const last = await lastEntry(stage);
  if ((last === "lease_released") !== instant.givesBack) throw new Error(`its last entry is ${last}`);
}

/** Resolves when the instant has come; rejects when the command ends before. */
function arrival(stage: Stage, { at }: Instant, running: Running): Promise<void> {
  if (typeof at === "string") return running.said(at);
  return new Promise((resolve, reject) => {
    stage.theatre.wire.once({ when: "before", is: at, act: resolve });
    void running.finished.then(({ stderr }) => reject(new Error(`it ended before its time: ${stderr}`)));
  });
}

async function lastEntry(stage: Stage): Promise<string | undefined> {
  const { stdout }: Finished = await stage.delivery(["history", stage.environment, "--json"]);
  return (JSON.parse(stdout) as readonly { readonly type: string }[]).at(-1)?.type;
}
