import { spawn, type ChildProcess } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";
import { probeHttp } from "delivery";

/** A program that runs until it is stopped. */
export interface Running {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export function start(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Running {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stderr.resume();
  return { child, stop: () => stopGroup(child) };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once the URL is answered with a status below 500, by way of `connectTo` where its name doesn't resolve. */
export async function untilAnswers(url: string, connectTo?: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  for (;;) {
    const answer = await probeHttp({ url, connectTo, headers: {} }, 5000);
    if (answer.kind === "answer" && answer.status < 500) return;
    if (performance.now() > deadlineMs) throw new Error(`${url} did not answer within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
