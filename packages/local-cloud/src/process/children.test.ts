import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isAlive } from "./alive.ts";

const CHILDREN = new URL("children.ts", import.meta.url).href;

/** A process that looks like a runtime to the watchdog. */
function startChild(): number {
  const child = spawn("sleep", ["60"], { argv0: "workerd", stdio: "ignore", detached: true });
  child.unref();
  return child.pid ?? 0;
}

/** Registers both with a guard of a process of its own, the second as if its id had been another's before; ends it by SIGKILL. */
function registerAndDie(own: number, stranger: number): void {
  const script = `
    import { readdirSync, readFileSync, writeFileSync } from "node:fs";
    import { childGuard } from ${JSON.stringify(CHILDREN)};
    const guard = childGuard();
    const pids = process.env.MINIFLARE_WORKERD_PATH.replace(/workerd$/, "pids");
    guard.register(${own}, "KILL");
    guard.register(${stranger}, "KILL");
    const file = pids + "/${stranger}";
    writeFileSync(file, readFileSync(file, "utf8").replace(/\\d+/, (started) => started - 1));
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
}

test.runIf(process.platform === "linux")(
  "a process that is killed takes its own children along, and not one that has got the id of a former child",
  async () => {
    const [stranger, own] = [startChild(), startChild()];

    registerAndDie(own, stranger);
    const deadlineMs = performance.now() + 5000;
    while (isAlive(own) && performance.now() < deadlineMs) await sleep(20);

    expect([isAlive(own), isAlive(stranger)]).toEqual([false, true]);
    process.kill(stranger, "SIGKILL");
  },
);
