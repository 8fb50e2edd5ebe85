import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const readySchema = z.object({
  pid: z.number(),
  apiBaseUrl: z.string(),
  edgeUrl: z.string(),
  accountId: z.string(),
  apiToken: z.string(),
  databases: z.record(z.string(), z.object({ url: z.string(), directUrl: z.string() })),
  inboxUrl: z.string(),
  dataDir: z.string(),
});
export type Ready = z.infer<typeof readySchema>;

/** The local cloud said in `message` why it can't start. */
export class CloudFailed extends Error {
  override readonly name = "CloudFailed";
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface CloudCommand {
  /** The project whose local-cloud command is started. */
  readonly project: string;
  readonly dataDir: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Default: 60 s, much longer than a start takes on a slow machine. */
  readonly startsWithinMs?: number | undefined;
  /** Default: 30 s. */
  readonly stopsWithinMs?: number | undefined;
}

export interface CloudProcess {
  readonly ready: Ready;
  /** Resolves when it has ended. @throws when it had to be killed for that */
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** `local-cloud up`, waited for until it is ready. @throws {CloudFailed} when it ends before, or isn't in time: then it is killed */
export async function startCloudProcess(command: CloudCommand): Promise<CloudProcess> {
  const { project, dataDir, args, env, startsWithinMs = 60_000, stopsWithinMs = 30_000 } = command;
  const argv = ["up", "--json", "--until-stdin-ends", "--data", dataDir, ...args];
  const child = spawn(join(project, "node_modules", ".bin", "local-cloud"), argv, {
    cwd: dataDir,
    env,
    stdio: ["pipe", "pipe", "pipe"],
    // Ctrl-C in a terminal goes to a whole group: this one is to be stopped last, by `stop`.
    detached: true,
  });
  try {
    const ready = await readyOf(child, startsWithinMs);
    return { ready, stop: () => stopChild(child, stopsWithinMs) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

async function readyOf(child: Child, withinMs: number): Promise<Ready> {
  let complaint = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (complaint = `${complaint}${text}`.slice(-4000)));
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(child, "exit", { signal }).then(([code]: readonly unknown[]) => {
    throw new CloudFailed(Number(code ?? 1), withoutLog(complaint));
  });
  const late = sleep(withinMs, undefined, { signal }).then(() => {
    const said = complaint.trim() === "" ? "It said nothing." : `It said:\n${complaint.trim()}`;
    throw new CloudFailed(1, `The local cloud was not ready within ${withinMs / 1000} s. ${said}`);
  });
  try {
    const line = once(createInterface(child.stdout), "line", { signal });
    const [text] = (await Promise.race([line, ended, late])) as [string];
    return readySchema.parse(JSON.parse(text));
  } finally {
    waiting.abort();
  }
}

/** The last thing that it said, without the log lines before it. */
function withoutLog(text: string): string {
  const lines = text.trim().split("\n");
  return lines.filter((line) => !/^\d{4}-\d\d-\d\dT/u.test(line)).join("\n");
}

async function stopChild(child: Child, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const waiting = new AbortController();
  const late = sleep(withinMs, "late", { signal: waiting.signal });
  const first = await Promise.race([ended, late]);
  waiting.abort();
  if (first !== "late") return;
  child.kill("SIGKILL");
  await ended;
  throw new Error(`the local cloud did not end within ${withinMs / 1000} s of SIGTERM, and was killed`);
}
