import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { promisify } from "node:util";
import { Log, LogLevel, Miniflare, type WorkerOptions } from "miniflare";

const MAIN = "worker.js";
const COMPATIBILITY = { compatibility_date: "2026-10-01", compatibility_flags: ["nodejs_compat"] };

/** A Worker in real workerd. */
export interface RunningWorker {
  /** Posts `body` as JSON and reads the answer as JSON. */
  readonly ask: (body: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Bundles `source` in `folder` as `wrangler deploy` would, and runs it. */
export async function startWorker(folder: string, source: string): Promise<RunningWorker> {
  await writeFile(join(folder, "worker.ts"), source);
  await bundle(folder);
  const miniflare = new Miniflare({
    cf: false,
    log: new Log(LogLevel.NONE),
    workers: [{ config: await configuration(join(folder, "bundle")) }],
  });
  return {
    ask: async (body) => {
      const answer = await fetch(await miniflare.ready, { method: "POST", body: JSON.stringify(body) });
      return answer.json();
    },
    stop: async () => miniflare.dispose(),
  };
}

async function bundle(folder: string): Promise<void> {
  const settings = { name: "worker", main: "worker.ts", ...COMPATIBILITY };
  await writeFile(join(folder, "wrangler.json"), JSON.stringify(settings));
  const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");
  const program = join(dirname(wrangler), "bin", "wrangler.js");
  await promisify(execFile)(process.execPath, [program, "deploy", "--dry-run", "--outdir", "bundle"], {
    cwd: folder,
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: folder,
    },
  });
}

async function configuration(folder: string): Promise<WorkerOptions["config"]> {
  const files = (await readdir(folder)).filter((file) => file === MAIN || extname(file) === ".wasm");
  const modules = files.map(async (file) => [file, await moduleOf(join(folder, file))] as const);
  return {
    name: "worker",
    compatibilityDate: COMPATIBILITY.compatibility_date,
    compatibilityFlags: COMPATIBILITY.compatibility_flags,
    manifest: { mainModule: MAIN, modulesRoot: "/", modules: Object.fromEntries(await Promise.all(modules)) },
  };
}

async function moduleOf(file: string) {
  const contents = new Uint8Array(await readFile(file));
  return { type: extname(file) === ".wasm" ? ("wasm" as const) : ("esm" as const), contents };
}
