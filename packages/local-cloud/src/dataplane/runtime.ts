import type { Miniflare, MiniflareOptions } from "miniflare";
import { LateError, within } from "../within.ts";
import { createMiniflare } from "./miniflare.ts";
import type { Folders } from "./runtime-options.ts";
import { Turns } from "./turns.ts";

/** A start takes half a second; this is for one that never ends. */
export const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5000;

/** A runtime that is ready. */
export interface Runtime {
  readonly miniflare: Miniflare;
  /** Ends it. Returns when it has ended, or is late with it. Idempotent. */
  stop(): Promise<void>;
}

interface Making {
  readonly log?: (line: string) => void;
  readonly limitMs?: number;
  readonly create?: (folders: Folders, options: MiniflareOptions) => Miniflare;
}

/**
 * Starts a runtime. Of those that share a registry none starts while another one ends: miniflare's start never ends when a
 * file vanishes from the registry's folder while that is listed. Hence the second try too: a runtime that crashes takes no turn.
 * @throws what the runtime throws when it does not start; it is ended then.
 */
export async function startRuntime(
  folders: Folders,
  options: () => MiniflareOptions,
  making: Making = {},
): Promise<Runtime> {
  try {
    return await startOnce(folders, options(), making);
  } catch (error) {
    if (!(error instanceof LateError)) throw error;
    making.log?.(`runtime: ${error.message}; another one is started`);
    return startOnce(folders, options(), making);
  }
}

async function startOnce(
  folders: Folders,
  options: MiniflareOptions,
  { limitMs = START_LIMIT_MS, create = createMiniflare }: Making,
): Promise<Runtime> {
  const turns = turnsOf(options);
  let miniflare: Miniflare | undefined;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= turns.take("end", () => ended(miniflare)));
  try {
    const ready = await turns.take("start", async () => {
      miniflare = create(folders, options);
      await within(limitMs, "the runtime's start", miniflare.ready);
      return miniflare;
    });
    return { miniflare: ready, stop };
  } catch (error) {
    // The end of one that never gets ready does not come either.
    if (error instanceof LateError) void ended(miniflare);
    else await stop();
    throw error;
  }
}

/** A runtime that never started rejects its own disposal with the error that is already known. */
async function ended(miniflare: Miniflare | undefined): Promise<void> {
  if (miniflare !== undefined)
    await within(STOP_LIMIT_MS, "the runtime's end", miniflare.dispose()).catch(() => undefined);
}

const turnsByRegistry = new Map<string, Turns<"start" | "end">>();

function turnsOf({ unsafeDevRegistryPath: path }: MiniflareOptions): Turns<"start" | "end"> {
  if (path === undefined) return new Turns();
  const turns = turnsByRegistry.get(path) ?? new Turns<"start" | "end">();
  turnsByRegistry.set(path, turns);
  return turns;
}
