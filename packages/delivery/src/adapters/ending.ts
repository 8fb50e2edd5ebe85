import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** What becomes of a program when this process is told to end. */
export type AtEnd =
  /** It is ended; nothing that it was doing does harm when it comes late. */
  | "ended"
  /** It is ended, but what it has asked for may still come. */
  | "ended, may come late"
  /** It is short, and comes to its end. */
  | "finishes";

/** A lease that is to be given back. */
interface Hold {
  readonly environment: string;
  readonly release: () => Promise<void>;
}

/** How a process comes to its end when it is told to: nothing new begins, and what runs is ended or waited for. */
export interface Ending {
  /** Resolves at once; never, when the process was told to end. Whatever changes something elsewhere waits for it. */
  mayBegin(): Promise<void>;
  /** As `work`, which changes something elsewhere. */
  changing<T>(work: Promise<T>): Promise<T>;
  started(child: ChildProcess, atEnd: AtEnd): void;
  /** Returns what is called when the lease is given back otherwise. */
  holding(hold: Hold): () => void;
  readonly holds: () => readonly Hold[];
  /** The process was told to end. @returns whether nothing can come late any more; after `limitMs` at the latest */
  begin(limitMs: number): Promise<boolean>;
  /** Ends every program that is left. */
  kill(): void;
}

export function createEnding(): Ending {
  const programs = new Map<ChildProcess, { readonly atEnd: AtEnd; readonly closed: Promise<unknown> }>();
  const changes = new Set<Promise<unknown>>();
  const holds = new Set<Hold>();
  let told = false;
  let lateComers = false;

  async function changing<T>(work: Promise<T>): Promise<T> {
    changes.add(work);
    try {
      return await work;
    } catch (error) {
      // A reply that is lost tells nothing of what was asked for.
      if (told) lateComers = true;
      throw error;
    } finally {
      changes.delete(work);
    }
  }

  async function begin(limitMs: number): Promise<boolean> {
    told = true;
    const ended = [...programs].filter(([, { atEnd }]) => atEnd !== "finishes");
    if (ended.some(([, { atEnd }]) => atEnd === "ended, may come late")) lateComers = true;
    for (const [child] of ended) child.kill("SIGTERM");
    const over = Promise.allSettled([...ended.map(([, { closed }]) => closed), ...changes]);
    const inTime = await Promise.race([over.then(() => true), sleep(limitMs, false)]);
    for (const [child] of ended) child.kill("SIGKILL");
    return inTime && !lateComers;
  }

  return {
    mayBegin: () => (told ? new Promise(() => undefined) : Promise.resolve()),
    changing,
    started: (child, atEnd) => {
      const closed = new Promise((resolve) => child.once("close", resolve));
      programs.set(child, { atEnd, closed });
      void closed.then(() => programs.delete(child));
    },
    holding: (hold) => {
      holds.add(hold);
      return () => holds.delete(hold);
    },
    holds: () => [...holds],
    begin,
    kill: () => {
      for (const child of programs.keys()) child.kill("SIGKILL");
    },
  };
}

/** Of this process. */
export const ending = createEnding();
