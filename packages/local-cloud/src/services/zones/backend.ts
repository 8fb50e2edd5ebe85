import { createHash } from "node:crypto";
import * as z from "zod";
import type { State } from "../../store/state.ts";
import { hostHasNoZone, routeNotFound, routePatternInvalid, routeTaken } from "./errors.ts";

/** Requests to host names that match the pattern go to the Worker. */
export interface ZoneRoute {
  /** 32 hex digits. */
  readonly id: string;
  readonly pattern: string;
  readonly script: string;
  readonly zone: string;
}

export interface Zone {
  readonly id: string;
  readonly name: string;
}

const SETTING = "zone-routes";
const storedSchema = z.array(
  z.object({ id: z.string(), pattern: z.string(), script: z.string(), zone: z.string() }),
);

/** Routes of Workers. The local cloud takes every registrable name for a zone of the account. They belong to no version. */
export class ZonesBackend {
  readonly #state: State;
  #routes: readonly ZoneRoute[];

  constructor(state: State) {
    this.#state = state;
    this.#routes = storedSchema.parse(JSON.parse(state.setting(SETTING, () => "[]")));
  }

  list(): readonly ZoneRoute[] {
    return this.#routes;
  }

  route(zoneId: string, id: string): ZoneRoute {
    const route = this.#routes.find(
      (candidate) => candidate.id === id && zoneIdOf(candidate.zone) === zoneId,
    );
    if (!route) throw routeNotFound(id);
    return route;
  }

  /**
   * Gives a Worker exactly these patterns.
   * @throws {Refusal} 10020 when another Worker has one of them, 10022 for a malformed one, 10501 for one with a path.
   */
  replace(
    script: string,
    wanted: readonly { readonly pattern: string; readonly zone?: string }[],
  ): readonly ZoneRoute[] {
    const routes = wanted.map(({ pattern, zone }) => routeOf(pattern, script, zone));
    const others = this.#routes.filter((route) => route.script !== script);
    for (const { pattern } of routes) {
      const owner = others.find((route) => route.pattern === pattern)?.script;
      if (owner !== undefined) throw routeTaken(pattern, owner);
    }
    this.#save([...others, ...routes]);
    return routes;
  }

  add(zoneId: string, pattern: string, script: string): ZoneRoute {
    const route = routeOf(pattern, script, undefined);
    if (zoneIdOf(route.zone) !== zoneId) throw routePatternInvalid(pattern);
    const owner = this.#routes.find((candidate) => candidate.pattern === pattern)?.script;
    if (owner !== undefined) throw routeTaken(pattern, owner);
    this.#save([...this.#routes, route]);
    return route;
  }

  remove(zoneId: string, id: string): void {
    const { id: found } = this.route(zoneId, id);
    this.#save(this.#routes.filter((route) => route.id !== found));
  }

  /** The Worker of the most specific pattern for a host name. */
  workerOf(hostname: string): string | undefined {
    const matching = this.#routes.filter(({ pattern }) => matches(hostOf(pattern), hostname));
    return matching.toSorted((a, b) => b.pattern.length - a.pattern.length).at(0)?.script;
  }

  dropWorker(script: string): void {
    if (this.#routes.some((route) => route.script === script)) this.replace(script, []);
  }

  #save(routes: readonly ZoneRoute[]): void {
    this.#state.run(
      "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
      SETTING,
      JSON.stringify(routes),
    );
    this.#routes = routes;
  }
}

/** A zone by the name that was asked for. @throws {Refusal} 7003 for what can be no zone. */
export function zoneOf(hostname: string): Zone {
  const labels = hostname.toLowerCase().split(".");
  if (labels.length < 2 || !labels.every((label) => /^[a-z0-9_-]{1,63}$/u.test(label)))
    throw hostHasNoZone(hostname);
  const name = labels.slice(-2).join(".");
  return { id: zoneIdOf(name), name };
}

function zoneIdOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}

/** @see https://developers.cloudflare.com/workers/configuration/routing/routes/#matching-behavior */
function routeOf(pattern: string, script: string, zoneName: string | undefined): ZoneRoute {
  const host = hostOf(pattern);
  const concrete = host.replace(/^\*\.?/u, "");
  if (concrete.includes("*")) throw routePatternInvalid(pattern);
  const zone = zoneName ?? zoneOf(concrete).name;
  return { id: createHash("sha256").update(pattern).digest("hex").slice(0, 32), pattern, script, zone };
}

function hostOf(pattern: string): string {
  const [host = "", ...path] = pattern.replace(/^https?:\/\//u, "").split("/");
  if (path.length > 0 && path.join("/") !== "*" && path.join("/") !== "")
    throw routePatternInvalid(pattern, "path");
  return host.toLowerCase();
}

function matches(host: string, hostname: string): boolean {
  return host.startsWith("*") ? hostname.endsWith(host.slice(1)) : host === hostname;
}
