import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VERSION_METADATA_BINDING } from "health-contract";
import { describe, expect, test } from "vitest";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import delivery from "../../delivery.config.ts";
import { SETTINGS } from "../../lib/env.ts";

const WRANGLER_TOML = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
const CONFIGURATION_MD = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
const ENV_EXAMPLE = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");

/** The names under "Environment Variable Management" of the story. */
const STORY =
  "CLOUDFLARE_API_TOKEN XATA_STAGING_API_KEY XATA_PRODUCTION_API_KEY JWT_SECRET BETTER_AUTH_SECRET XATA_API_KEY XATA_DATABASE_URL RESEND_API_KEY R2_ACCESS_KEY_ID R2_SECRET_ACCESS_KEY NODE_ENV APP_ENV";
const BINDINGS = ["FILE_STORAGE", VERSION_METADATA_BINDING];
const ENVIRONMENTS = ["staging", "production"] as const;

const required = SETTINGS.filter((setting) => setting.required).map(({ name }) => name);
const exampleNames = [...ENV_EXAMPLE.matchAll(/^([A-Z][A-Z0-9_]*)=/gmu)].map(([, name]) => name);

/** The environment as wrangler itself reads it. */
function wrangler(env?: string) {
  return readWranglerConfig({ config: WRANGLER_TOML, ...(env === undefined ? {} : { env }) });
}

describe.each(ENVIRONMENTS)("%s in wrangler.toml", (env) => {
  const config = wrangler(env);

  test("gives the Worker each required setting, as variable, secret or binding", () => {
    const given = [
      ...Object.keys(config.vars),
      ...(config.secrets?.required ?? []),
      ...config.r2_buckets.map(({ binding }: { readonly binding: string }) => binding),
      config.version_metadata?.binding,
    ];

    expect(new Set(given)).toEqual(new Set(required));
    expect(given).toHaveLength(required.length);
  });

  test("is the story's Worker with its own names, variables and bucket", () => {
    const [{ pattern: host }] = config.routes as readonly [{ readonly pattern: string }];

    expect(config.name).toBe(`fm5-${env}`);
    expect(config.vars).toEqual({ NODE_ENV: env, APP_ENV: env, EMAIL_FROM: `FM5 <fm5@${host}>` });
    expect(config.r2_buckets).toEqual([{ binding: "FILE_STORAGE", bucket_name: `fm5-${env}-files` }]);
  });

  test("has a domain of its own, preview URLs to judge a candidate by, smart placement and logs", () => {
    expect(config.routes).toEqual([expect.objectContaining({ custom_domain: true })]);
    expect(config.preview_urls).toBe(true);
    expect(config.placement).toEqual({ mode: "smart" });
    expect(config.observability?.enabled).toBe(true);
  });

  test("uploads the one build as it is", () => {
    expect(config.main).toMatch(/\.output\/server\/index\.mjs$/u);
    expect(config.no_bundle).toBe(true);
    expect(config.assets?.directory).toBe(".output/public");
    expect(config.compatibility_flags).toContain("nodejs_compat");
  });
});

test("the two environments share no domain, no bucket and no name", () => {
  const [staging, production] = ENVIRONMENTS.map((env) => wrangler(env));

  expect(staging?.name).not.toBe(production?.name);
  expect(staging?.routes).not.toEqual(production?.routes);
  expect(staging?.r2_buckets).not.toEqual(production?.r2_buckets);
});

test("without an environment there is a secret that nobody has, and no way to the Worker", () => {
  const config = wrangler();

  expect(config.secrets?.required).toEqual(["CHOOSE_AN_ENVIRONMENT"]);
  expect(config.workers_dev).toBe(false);
  expect(config.routes ?? []).toEqual([]);
  expect(exampleNames).not.toContain("CHOOSE_AN_ENVIRONMENT");
});

test(".env.example names every setting of the Worker that isn't a binding", () => {
  const settings = SETTINGS.map(({ name }) => name).filter((name) => !BINDINGS.includes(name));

  expect(exampleNames).toEqual(expect.arrayContaining(settings));
});

test(".env.example names every variable and secret of the story", () => {
  expect(exampleNames).toEqual(expect.arrayContaining(STORY.split(" ")));
});

test(".env.example names every secret and variable that a workflow asks GitHub for", () => {
  const folder = new URL("../../.github/workflows/", import.meta.url);
  const text = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const asked = [...text.join("\n").matchAll(/\b(?:secrets|vars)\.([A-Z][A-Z0-9_]*)/gu)].map(
    ([, name]) => name,
  );

  expect(asked).toContain("XATA_DATABASE_URL");
  expect(exampleNames).toEqual(expect.arrayContaining(asked.filter((name) => name !== "GITHUB_TOKEN")));
});

test(".env.example and docs/configuration.md name the same permissions of Cloudflare's token", () => {
  const permissions = (text: string) =>
    [...text.matchAll(/(?:Workers|Account|Zone)[ \w]* \((?:edit|read)\)/gu)].map(([name]) => name);
  const named = permissions(ENV_EXAMPLE);

  expect(named).toContain("Account Analytics (read)");
  expect(permissions(CONFIGURATION_MD)).toEqual(named);
});

test("delivery uploads exactly the secrets that the Worker requires", () => {
  const uploaded = Object.keys(delivery.secrets ?? {});

  for (const env of ENVIRONMENTS) expect(new Set(wrangler(env).secrets?.required)).toEqual(new Set(uploaded));
});

test(".env.example holds no secret: only names, and the two variables that are none", () => {
  const values = [...ENV_EXAMPLE.matchAll(/^([A-Z][A-Z0-9_]*)=(.+)$/gmu)].map(([line]) => line);

  expect(values).toEqual(["NODE_ENV=development", "APP_ENV=development"]);
});

test("the database's management key never reaches the Worker", () => {
  expect(SETTINGS.map((setting): string => setting.name)).not.toContain("XATA_API_KEY");
  for (const env of ENVIRONMENTS) expect(wrangler(env).secrets?.required).not.toContain("XATA_API_KEY");
});
