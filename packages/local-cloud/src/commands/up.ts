import process from "node:process";
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from "../cloud.ts";
import type { Ready } from "../ready-file.ts";

type UpOptions = Omit<LocalCloudOptions, "log" | "onRequest"> & {
  readonly json: boolean;
  /** Log line by line, in a terminal too. */
  readonly plain: boolean;
  readonly untilStdinEnds: boolean;
};

/** Starts the local cloud and stays until SIGINT or SIGTERM. Returns the exit code. */
export async function up({ json, plain: _plain, untilStdinEnds, ...options }: UpOptions): Promise<number> {
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const cloud = await startLocalCloud({
    ...options,
    log,
    onRequest: ({ method, host, path, status, durationMs, versionId }) =>
      log(
        `edge: ${method} ${host}${path} → ${status} (${Math.round(durationMs)} ms) ${versionId?.slice(0, 8) ?? ""}`,
      ),
  });
  process.stdout.write(json ? `${JSON.stringify(cloud.ready)}\n` : summary(cloud.ready));
  await Promise.race([terminated(), ...(untilStdinEnds ? [stdinEnded()] : [])]);
  return stopWithin(cloud);
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

/**
 * Ends this process, whatever a stopped runtime has left open: miniflare may forget the watcher of its registry. What
 * doesn't stop in time is ended by the watchdog once this process is gone.
 */
async function stopWithin(cloud: LocalCloud): Promise<never> {
  setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  await cloud.stop();
  process.exit(0);
}

function summary({ apiBaseUrl, edgeUrl, inboxUrl, databases, dataDir }: Ready): string {
  const rows = [
    ["Cloudflare API", apiBaseUrl],
    ["Edge", `${edgeUrl}  (a Worker answers on http://NAME.localhost:${new URL(edgeUrl).port})`],
    ["Inbox", inboxUrl],
    ...Object.entries(databases).map(([name, { url }]) => [
      `Database ${name}`,
      url.replace(/:[^:@/]+@/u, ":…@"),
    ]),
    ["Data", dataDir],
  ];
  const lines = rows.map(([label = "", value = ""]) => `  ${label.padEnd(24)}${value}`);
  return `local-cloud is ready.\n${lines.join("\n")}\n\n  In another terminal: eval "$(npx local-cloud env)" && npx wrangler deploy\n  Ctrl-C stops it; its state stays in the data folder.\n`;
}
