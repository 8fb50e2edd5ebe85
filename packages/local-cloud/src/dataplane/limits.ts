import type { VersionDocument } from "../services/workers/model.ts";

/** What one version's process may use. */
export interface RuntimeLimits {
  /** CPU time of one request. */
  readonly cpuMs: number;
}

/** Why a process was ended: the outcome as a tail event names it. */
export type Exceeded = "exceededCpu" | "exceededMemory";

/** The default of the paid plan; `limits.cpu_ms` of an upload sets another. @see https://developers.cloudflare.com/workers/platform/limits/#cpu-time */
const DEFAULT_CPU_MS = 30_000;

/** @see https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time */
export const STARTUP_CPU_MS = 1000;

/** Of one isolate. @see https://developers.cloudflare.com/workers/platform/limits/#memory */
const ISOLATE_MEMORY_MB = 128;
const MIB = 1024 * 1024;

/**
 * V8 keeps each isolate's heap to the limit by itself, but collects garbage for seconds before it gives up; and what is
 * outside of the heap (ArrayBuffers, streams, WebAssembly) is only seen from outside, where garbage and code count too: a
 * server-rendered app within its limit was seen to hold 290 MiB under load. So a process may hold four times the limit, or
 * nearly the limit while nothing but collecting garbage seems to go on.
 */
export const V8_FLAGS = `--max-heap-size=${ISOLATE_MEMORY_MB}`;
export const PROCESS_MEMORY_BYTES = 4 * ISOLATE_MEMORY_MB * MIB;
export const NEARLY_FULL_BYTES = 0.8 * ISOLATE_MEMORY_MB * MIB;
/** While a script starts there is little garbage yet: half as much again as the limit is too much. */
export const STARTUP_MEMORY_BYTES = 1.5 * ISOLATE_MEMORY_MB * MIB;
/** CPU time without a sign of life after which a nearly full process is taken for a full one. */
export const COLLECTING_CPU_MS = 750;

/** CPU time of one request without a sign of life after which its process has to leave the CPU to others first. */
export const GREEDY_CPU_MS = 250;

export function runtimeLimits(version: VersionDocument): RuntimeLimits {
  const cpuMs = version.limits?.["cpu_ms"];
  return { cpuMs: typeof cpuMs === "number" ? cpuMs : DEFAULT_CPU_MS };
}
