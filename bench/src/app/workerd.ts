import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { temporaryFolder } from "testkit";

const MODULES = join(import.meta.dirname, "..", "..", "..", "node_modules");
/** The program itself: the one in `.bin` starts it as a child. */
const WORKERD = join(
  MODULES,
  "@cloudflare",
  `workerd-linux-${process.arch === "arm64" ? "arm64" : "64"}`,
  "bin",
  "workerd",
);
const COMPATIBILITY_DATE = "2026-10-01";

export interface WorkerPlan {
  /** Holds `index.mjs` and what it imports. */
  readonly folder: string;
  /** Variables and secrets by name. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Bindings that are values, by name. */
  readonly values?: Readonly<Record<string, object>>;
  /** Ports of the servers that stand for R2 buckets, by the binding's name. */
  readonly buckets?: Readonly<Record<string, number>>;
  /** Replaced in the code, since nothing here reaches the internet: hosts that a server on this machine stands for. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** A workerd that runs one Worker and nothing else: no router of assets, no simulated bucket, no proxy before it. */
export interface RunningWorker {
  readonly origin: string;
  /** Processor time of all of its threads since it began to start. */
  readonly cpuMs: () => number;
  readonly memoryBytes: () => number;
  readonly stop: () => Promise<void>;
}

/** Resolves once it listens, which is after the Worker's global scope has run. */
export async function startWorkerd(plan: WorkerPlan): Promise<RunningWorker> {
  const home = temporaryFolder("bench-workerd");
  writeFileSync(join(home, "workerd.capnp"), configOf(plan, layOut(plan, join(home, "worker"))));
  const child = spawn(WORKERD, ["serve", "workerd.capnp", "--control-fd=3"], {
    cwd: home,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const stop = async () => {
    await endOf(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const port = await portOf(child);
    const { pid = 0 } = child;
    return {
      origin: `http://127.0.0.1:${port}`,
      cpuMs: () => cpuMsOf(pid),
      memoryBytes: () => memoryBytesOf(pid),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Names of its modules, copied to where the configuration takes them from. */
function layOut({ folder, hosts = {} }: WorkerPlan, into: string): readonly string[] {
  const names = modulesIn(folder);
  for (const name of names) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    if (name.endsWith(".wasm")) cpSync(join(folder, name), join(into, name));
    else writeFileSync(join(into, name), withHosts(readFileSync(join(folder, name), "utf8"), hosts));
  }
  return names;
}

/** What wrangler uploads of a folder: `rules` in wrangler.toml. The main module comes first. */
export function modulesIn(folder: string): readonly string[] {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(?:mjs|js|wasm)$/u.test(name),
  );
  return ["index.mjs", ...found.filter((name) => name !== "index.mjs").sort()];
}

function withHosts(code: string, hosts: Readonly<Record<string, string>>): string {
  return Object.entries(hosts).reduce((text, [from, to]) => text.replaceAll(from, to), code);
}

/** @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
function configOf({ texts = {}, values = {}, buckets = {} }: WorkerPlan, modules: readonly string[]): string {
  const bindings = [
    ...Object.entries(texts).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`),
    ...Object.entries(values).map(
      ([name, value]) => `(name = ${quoted(name)}, json = ${quoted(JSON.stringify(value))})`,
    ),
    ...Object.keys(buckets).map((name) => `(name = ${quoted(name)}, r2Bucket = ${quoted(name)})`),
  ];
  const servers = Object.entries(buckets).map(
    ([name, port]) => `(name = ${quoted(name)}, external = (address = "127.0.0.1:${port}", http = ()))`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [${modules.map(moduleOf).join(", ")}],
      compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
      bindings = [${bindings.join(", ")}],
      globalOutbound = "machine",
    )),
    (name = "machine", network = (allow = ["private"])),
    ${servers.join(", ")}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`;
}

function moduleOf(name: string): string {
  const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
  return `(name = ${quoted(name)}, ${kind} = embed ${quoted(`worker/${name}`)})`;
}

const quoted = (text: string) => JSON.stringify(text);

/** workerd tells on its control channel what it listens on, a line of JSON each. */
async function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  createInterface(child.stdio[3] as Readable).on("line", (line) => {
    const { event, port = 0 } = JSON.parse(line) as { event: string; port?: number };
    if (event === "listen") resolve(port);
  });
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
  return promise;
}

/** Only Linux tells it, by thread and in nanoseconds. */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"));
  return times.reduce((sum, line) => sum + Number(line.split(" ")[0]), 0) / 1e6;
}

function memoryBytesOf(pid: number): number {
  const resident = /^VmRSS:\s+(?<kib>\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(resident?.groups?.["kib"]) * 1024;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** @throws where the system doesn't tell what a process uses */
export function requireLinux(): void {
  if (process.platform !== "linux")
    throw new Error("bench app: it counts a process’s time and memory by /proc, which only Linux has");
}
