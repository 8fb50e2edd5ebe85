import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSettings } from "../config/load.ts";
import { init } from "./init.ts";

const WRANGLER = `name = "shop"
main = "dist/index.mjs"
[env.staging]
routes = [{ pattern = "staging.shop.example.com", custom_domain = true }]
workers_dev = false
preview_urls = true
[env.staging.secrets]
required = ["API_KEY"]
[env.production]
[env.production.secrets]
required = ["API_KEY"]
`;

function project(wrangler: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "init-"));
  if (wrangler !== undefined) writeFileSync(join(folder, "wrangler.toml"), wrangler);
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "scripts": { "build": "true" } }');
  return folder;
}

describe("delivery init", () => {
  test("writes a configuration that is valid, out of wrangler's", async () => {
    const root = project(WRANGLER);

    expect(init(root)).toEqual({
      file: "delivery.config.ts",
      environments: ["staging", "production"],
      bucket: "shop-releases",
    });

    const { configuration } = await loadSettings(root, {});
    expect(configuration.environments["staging"]?.url).toBe("https://staging.shop.example.com");
    expect(configuration.environments["production"]).toMatchObject({
      provenBy: "staging",
      approval: "github",
    });
    expect(configuration.environments["staging"]?.database).toBeUndefined();
    expect(configuration.releases.build).toEqual(["npm", "run", "build"]);
    expect("a value").not.toMatch(new RegExp(`^${configuration.secrets["API_KEY"]?.form.pattern}$`, "u"));
    expect("value").toMatch(new RegExp(`^${configuration.secrets["API_KEY"]?.form.pattern}$`, "u"));
  });

  test("gives environments a database where there are migrations, and none otherwise", async () => {
    const root = project(WRANGLER);
    mkdirSync(join(root, "prisma", "migrations"), { recursive: true });

    init(root);

    const { configuration } = await loadSettings(root, {});
    expect(configuration.releases.migrations).toBe("prisma/migrations");
    for (const { database } of Object.values(configuration.environments))
      expect(database).toEqual({ urlFrom: "DATABASE_URL" });
  });

  test("overwrites nothing", () => {
    const root = project(WRANGLER);
    writeFileSync(join(root, "delivery.config.ts"), "mine");

    expect(() => init(root)).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(readFileSync(join(root, "delivery.config.ts"), "utf8")).toBe("mine");
  });

  test.each([
    ["has no wrangler configuration", undefined],
    ["has no environments", 'name = "shop"\nmain = "x.mjs"\n'],
  ])("says what to do in a project that %s", (_what, wrangler) => {
    expect(() => init(project(wrangler))).toThrow(expect.objectContaining({ code: "CONFIGURATION" }));
  });
});
