import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { WORKER } from "./fake-world.ts";

const WRANGLER = `name = "shop"
main = "dist/index.mjs"
[env.production]
name = "${WORKER}"
routes = [{ pattern = "shop.example.com", custom_domain = true }]
preview_urls = true
`;

/** As the context, in a folder of a project that has wrangler's configuration: commands look there. */
export function inProject(context: Context): Context {
  const root = mkdtempSync(join(tmpdir(), "project-"));
  writeFileSync(join(root, "wrangler.toml"), WRANGLER);
  return { ...context, settings: { ...context.settings, root } };
}
