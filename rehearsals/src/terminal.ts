import { spawn } from "node:child_process";
import process from "node:process";
import type { Command, Finished } from "./run.ts";

/** A command that runs in a terminal of its own. */
export interface Running {
  readonly finished: Promise<Finished & { readonly signal: string | null }>;
  /** Resolves when it has said the words; rejects when it ends without, or is late: then its group is killed. Default: 2 minutes. */
  said(words: string, withinMs?: number): Promise<void>;
  /** To the command alone, or to it and everything it has started, as when the machine goes down. Nothing where it has ended. */
  signal(signal: NodeJS.Signals, to?: "command" | "group"): void;
}

const SAYS_WITHIN_MS = 120_000;

/** Starts a command in a process group of its own, as a terminal does. */
export function startCommand({ argv, cwd, env }: Pick<Command, "argv" | "cwd" | "env">): Running {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const finished: Running["finished"] = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve({ exitCode: exitCode ?? 1, signal, stdout, stderr }));
  });
  const signal: Running["signal"] = (name, to = "command") => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(to === "group" ? -child.pid : child.pid, name);
  };
  return {
    finished,
    signal,
    said: (words, withinMs = SAYS_WITHIN_MS) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          signal("SIGKILL", "group");
          reject(new Error(`it did not say "${words}" within ${withinMs / 1000} s:\n${stderr}`));
        }, withinMs);
        const look = () => {
          if (!stderr.includes(words)) return;
          clearTimeout(late);
          resolve();
        };
        listeners.add(look);
        look();
        child.once("close", () => {
          clearTimeout(late);
          reject(new Error(`it ended before it said "${words}":\n${stderr}`));
        });
      }),
  };
}
