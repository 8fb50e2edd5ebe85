import { createWriteStream } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { LocalCloudOptions } from "../cloud-options.ts";
import { startLocalCloud, type LocalCloud } from "../cloud.ts";
import type { RequestRecord } from "../dataplane/exchange.ts";
import type { Ready } from "../ready-file.ts";
import { Activity } from "../terminal/activity.ts";
import { LiveScreen } from "../terminal/live-screen.ts";
import { view } from "../terminal/view.ts";

type UpOptions = Omit<LocalCloudOptions, "log" | "onRequest"> & {
  readonly json: boolean;
  /** Log line by line, in a terminal too. */
  readonly plain: boolean;
  readonly untilStdinEnds: boolean;
};

/** Starts the local cloud and stays until SIGINT or SIGTERM. Returns the exit code. */
export async function up({ json, plain, untilStdinEnds, ...options }: UpOptions): Promise<number> {
  const isLive = !json && !plain && process.stdout.isTTY && process.env["TERM"] !== "dumb";
  const shown = isLive ? await live(options) : await logged(options, json);
  await Promise.race([terminated(), ...(untilStdinEnds ? [stdinEnded()] : [])]);
  return stopWithin(shown);
}

/** A local cloud that runs, and what takes its screen away. */
interface Shown {
  readonly cloud: LocalCloud;
  readonly leave: () => void;
}

/** A line for each event on standard error; what is ready, on standard output. */
async function logged(options: Omit<LocalCloudOptions, "log" | "onRequest">, json: boolean): Promise<Shown> {
  const log = (line: string) => process.stderr.write(`${stamped(line)}\n`);
  const cloud = await startLocalCloud({ ...options, log, onRequest: (record) => log(requestLine(record)) });
  process.stdout.write(json ? `${JSON.stringify(cloud.ready)}\n` : summary(cloud.ready));
  return { cloud, leave: () => undefined };
}

/** A screen that keeps itself up to date; the log goes to a file in the data folder. */
async function live(options: Omit<LocalCloudOptions, "log" | "onRequest">): Promise<Shown> {
  const activity = new Activity(Date.now);
  const startedAt = performance.now();
  const log = deferredLog();
  let screen: LiveScreen | undefined;
  process.stdout.write("local-cloud is starting …\n");
  const cloud = await startLocalCloud({
    ...options,
    log: (line) => {
      log.write(line);
      activity.logged(line);
      screen?.changed();
    },
    onRequest: (record) => {
      log.write(requestLine(record));
      activity.request(record);
      screen?.changed();
    },
  });
  const logFile = join(cloud.ready.dataDir, "up.log");
  log.open(logFile);
  screen = new LiveScreen(process.stdout, {
    hasColors: process.stdout.hasColors(),
    lines: (size) =>
      view(
        {
          ready: cloud.ready,
          overview: cloud.overview(),
          ...activity.snapshot(),
          upMs: performance.now() - startedAt,
          logFile,
          envCommand: `npx local-cloud env${options.dataDir === ".local-cloud" ? "" : ` --data ${options.dataDir}`}`,
        },
        size,
      ),
  });
  screen.enter();
  const leave = () => screen?.leave();
  process.once("exit", leave);
  suspendWell(screen);
  return {
    cloud,
    leave: () => {
      leave();
      process.stdout.write(`local-cloud is stopping; its state stays in ${cloud.ready.dataDir}\n`);
    },
  };
}

/** Ctrl-Z gives the terminal back, `fg` takes it again. */
function suspendWell(screen: LiveScreen): void {
  process.on("SIGTSTP", () => {
    screen.leave();
    process.kill(process.pid, "SIGSTOP");
  });
  process.on("SIGCONT", () => screen.enter());
}

/** Lines are kept until the file's folder is there. */
function deferredLog(): { write(line: string): void; open(file: string): void } {
  const waiting: string[] = [];
  let write = (line: string): void => void waiting.push(`${stamped(line)}\n`);
  return {
    write: (line) => write(line),
    open: (file) => {
      const stream = createWriteStream(file, { mode: 0o600 });
      stream.on("error", () => (write = () => undefined));
      stream.write(waiting.join(""));
      write = (line) => void stream.write(`${stamped(line)}\n`);
    },
  };
}

function stamped(line: string): string {
  return `${new Date().toISOString()} ${line}`;
}

function requestLine({ method, host, path, status, durationMs, versionId }: RequestRecord): string {
  return `edge: ${method} ${host}${path} → ${status} (${Math.round(durationMs)} ms) ${versionId?.slice(0, 8) ?? ""}`;
}

/** Resolves at the first SIGINT or SIGTERM. Miniflare's own handlers would end the process before anything is stopped. */
function terminated(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(signal);
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function stdinEnded(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once("end", resolve).once("error", () => resolve());
    process.stdin.resume();
  });
}

const STOP_LIMIT_MS = 4500;
const CUT_OFF = `stop: cut off after ${STOP_LIMIT_MS / 1000} s; what still runs is ended`;

/**
 * Ends this process, whatever a stopped runtime has left open: miniflare may forget the watcher of its registry. What
 * doesn't stop in time is ended by the watchdog once this process is gone.
 */
async function stopWithin({ cloud, leave }: Shown): Promise<never> {
  leave();
  setTimeout(() => {
    process.stderr.write(`${stamped(CUT_OFF)}\n`);
    process.exit(0);
  }, STOP_LIMIT_MS).unref();
  await cloud.stop();
  process.exit(0);
}

function summary({ apiBaseUrl, edgeUrl, edgeTlsUrl, inboxUrl, databases, xata, dataDir }: Ready): string {
  const rows = [
    ["Cloudflare API", apiBaseUrl],
    ["Edge", `${edgeUrl}  (a Worker answers on http://NAME.localhost:${new URL(edgeUrl).port})`],
    ["Edge over HTTPS", edgeTlsUrl],
    ["Inbox", inboxUrl],
    ...Object.entries(databases).map(([name, { url }]) => [
      `Database ${name}`,
      url.replace(/:[^:@/]+@/u, ":…@"),
    ]),
    ...(xata === undefined ? [] : [["Xata API", xata.apiBaseUrl]]),
    ["Data", dataDir],
  ];
  const lines = rows.map(([label = "", value = ""]) => `  ${label.padEnd(24)}${value}`);
  return `local-cloud is ready.\n${lines.join("\n")}\n\n  In another terminal: eval "$(npx local-cloud env)" && npx wrangler deploy\n  Ctrl-C stops it; its state stays in the data folder.\n`;
}
