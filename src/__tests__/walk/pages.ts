import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileRoutesByTo } from "../../routeTree.gen.ts";
import { ROOT } from "../support/build.ts";
import type { ShopIds } from "./full-shop.ts";

type Path = keyof FileRoutesByTo;
export type ApiPath = Extract<Path, `/api/${string}`>;
type PagePath = Exclude<Path, ApiPath>;

interface Page {
  /** The address of it, with ids of a full shop. */
  readonly at: (ids: ShopIds) => string;
  readonly for: "anybody" | "owners" | "admins";
  /** What it shows to the shop's owner, after the shop's word. */
  readonly shows?: string;
}

const open = (path: string): Page => ({ at: () => path, for: "anybody" });
const own = (at: Page["at"], shows: string): Page => ({ at, for: "owners", shows });
const admins = (path: string): Page => ({ at: () => path, for: "admins" });

/** Every page: one that is added needs a line here. */
export const PAGES: Readonly<Record<PagePath, Page>> = {
  "/": open("/"),
  "/files": open("/files"),
  "/forgot": open("/forgot"),
  "/goodbye": open("/goodbye"),
  "/health": open("/health"),
  "/reset": open("/reset"),
  "/sign-in": open("/sign-in"),
  "/sign-up": open("/sign-up"),
  "/verify": open("/verify"),
  "/account": own(() => "/account", " Shop"),
  "/dashboard": own(() => "/dashboard", " print"),
  "/search": own(() => "/search?q=PLA", " Works"),
  "/shopping": own(() => "/shopping", " Works"),
  "/filaments": own(() => "/filaments", " Works"),
  "/filaments/$filamentId": own(({ filament }) => `/filaments/${filament}`, " shelf"),
  "/models": own(() => "/models", " bracket"),
  "/models/$modelId": own(({ model }) => `/models/${model}`, " 0.2 mm"),
  "/queue": own(() => "/queue", " print"),
  "/queue/$jobId": own(({ jobs }) => `/queue/${jobs.queued}`, " print"),
  "/queue/add": own(({ revision }) => `/queue/add?revision=${revision}`, " bracket"),
  "/queue/history": own(() => "/queue/history", " came off"),
  "/admin": admins("/admin"),
  "/admin/events": admins("/admin/events"),
  "/admin/users": admins("/admin/users"),
};

/** All paths of the router as it was generated, with those of the API. */
export function routedPaths(): readonly string[] {
  const tree = readFileSync(join(ROOT, "src/routeTree.gen.ts"), "utf8");
  const [, block = ""] = /interface FileRoutesByTo \{\n(.*?)\n\}/su.exec(tree) ?? [];
  return [...block.matchAll(/^ {2}'(.+?)':/gmu)].map(([, path = ""]) => path);
}
