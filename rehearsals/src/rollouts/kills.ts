import { existsSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "testkit";
import type { Finished } from "../run.ts";
import { walks, type Walk } from "./api-calls.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import type { Running } from "../terminal.ts";
import type { Call } from "./wire.ts";

/** Where a command's process is ended: when it has written so many events, or sent so many writes whose reply it never gets. */
interface Instant {
  readonly walk: Walk;
  readonly after: "event" | "write";
  readonly nth: number;
}

/** How many events and writes each of these walks has: the drill sees to it that it is so. */
const LENGTHS = {
  "a delivery": { events: 15, writes: 8 },
  "a first delivery": { events: 9, writes: 10 },
  "a rollback past changed secrets": { events: 4, writes: 4 },
} as const;

function killedWalks(): readonly { readonly walk: Walk; readonly events: number; readonly writes: number }[] {
  return walks.flatMap((walk) =>
    Object.hasOwn(LENGTHS, walk.name) ? [{ walk, ...LENGTHS[walk.name as keyof typeof LENGTHS] }] : [],
  );
}

/** Each instant of each walk. */
export const killScenarios: readonly Scenario[] = killedWalks().flatMap(({ walk, events, writes }) =>
  (["event", "write"] as const).flatMap((after) =>
    Array.from({ length: after === "event" ? events : writes }, (_, index) =>
      killed({ walk, after, nth: index + 1 }),
    ),
  ),
);

/** The walks undisturbed: they have as many events and writes as were said. */
export const undisturbedScenarios: readonly Scenario[] = killedWalks().map(counted);

/** Ended there, and done once more. */
function killed({ walk, after, nth }: Instant): Scenario {
  return {
    ...walk.scenario,
    name: `${walk.name}, killed ${after === "event" ? "after event" : "before the reply to write"} ${nth}, and done again`,
    play: async (stage) => {
      await walk.prepare?.(stage);
      const env = walk.env?.(stage);
      const args = walk.args(stage);
      const eventsFile = newEventsFile();
      const running = stage.start(args, { ...env, DELIVERY_EVENTS_FILE: eventsFile });
      const kill = async () => {
        running.signal("SIGKILL", "group");
        await running.finished;
      };
      if (after === "write") killAtWrite(stage, nth, kill);
      else void afterEvents(eventsFile, nth, running).then(kill);
      const { signal } = await running.finished;
      if (signal !== "SIGKILL") throw new Error("it ended before it was killed");
      const again = await stage.delivery(args, env);
      if (again.exitCode === 0) await expectSettled(stage);
      return again;
    },
    end: walk.end,
  };
}

async function expectSettled(stage: Stage): Promise<void> {
  for (const verb of ["status", "audit"]) {
    const { exitCode, stdout } = await stage.delivery([verb, stage.environment]);
    if (exitCode !== 0) throw new Error(`${verb} ends with ${exitCode}: ${stdout}`);
  }
}

function newEventsFile(): string {
  return join(temporaryFolder("events"), "events.ndjson");
}

function eventsIn(file: string): number {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** Resolves when so many events are in the file, which is written before an event goes anywhere else. */
async function afterEvents(file: string, count: number, { finished }: Running): Promise<void> {
  const watcher = watch(join(file, ".."));
  const reached = new Promise<void>((resolve) => {
    watcher.on("change", () => {
      if (eventsIn(file) >= count) resolve();
    });
  });
  await Promise.race([reached, finished]);
  watcher.close();
}

/** Writes to the platform; a question to the metrics is none, and R2 takes the same object twice. */
function isWrite({ method, path }: Call): boolean {
  return method !== "GET" && path !== "/graphql";
}

function killAtWrite(stage: Stage, nth: number, kill: () => Promise<void>): void {
  let seen = 0;
  stage.theatre.wire.once({
    when: "after",
    is: (call) => {
      if (isWrite(call)) seen += 1;
      return isWrite(call) && seen === nth;
    },
    act: kill,
  });
}

function counted({ walk, ...lengths }: ReturnType<typeof killedWalks>[number]): Scenario {
  return {
    ...walk.scenario,
    name: `${walk.name}, undisturbed, has ${lengths.events} events and ${lengths.writes} writes`,
    play: async (stage): Promise<Finished> => {
      await walk.prepare?.(stage);
      const eventsFile = newEventsFile();
      let writes = 0;
      stage.theatre.wire.once({
        when: "after",
        is: (call) => {
          if (isWrite(call)) writes += 1;
          return false;
        },
        act: () => undefined,
      });
      const env = { ...walk.env?.(stage), DELIVERY_EVENTS_FILE: eventsFile };
      const finished = await stage.delivery(walk.args(stage), env);
      const events = eventsIn(eventsFile);
      if (events === lengths.events && writes === lengths.writes) return finished;
      throw new Error(`it has ${events} events and ${writes} writes`);
    },
    end: walk.end,
  };
}
