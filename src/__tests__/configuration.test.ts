import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configurationSchema } from "delivery/configuration";
import { VERSION_METADATA_BINDING } from "health-contract";
import { describe, expect, test } from "vitest";
import * as z from "zod";
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

/** The rows of the table of delivery.config.ts in docs/configuration.md, by key. */
function documentedKeys(): ReadonlyMap<string, string> {
  const [, section = ""] = CONFIGURATION_MD.split("\n## delivery.config.ts\n");
  const rows = (section.split("\n## ")[0] ?? "").matchAll(/^\| `(?<key>[\w.]+)`.*$/gmu);
  return new Map([...rows].map((row) => [row.groups?.["key"] ?? "", row[0]]));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
}

/** Where each value of the configuration is, such as `environments.NAME.rollout.steps`; what an array holds is under it. */
function pathsOf(schema: JsonSchema, path: readonly string[] = []): readonly (readonly string[])[] {
  const { properties = {}, additionalProperties, anyOf = [], items } = schema;
  const named = Object.entries(properties).flatMap(([name, value]) => pathsOf(value, [...path, name]));
  const map = typeof additionalProperties === "object" && !isPlain(additionalProperties);
  const inner = [
    ...named,
    ...(map ? pathsOf(additionalProperties, [...path, "NAME"]) : []),
    ...anyOf.flatMap((each) => (isPlain(each) ? [] : pathsOf(each, path))),
    ...(items === undefined || isPlain(items) ? [] : pathsOf(items, path)),
  ];
  return inner.length > 0 ? inner : [path];
}

function isPlain({ properties, anyOf, items }: JsonSchema): boolean {
  return properties === undefined && anyOf === undefined && items === undefined;
}

describe("docs/configuration.md", () => {
  const documented = documentedKeys();
  const schema = z.toJSONSchema(configurationSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const paths = pathsOf(schema);

  test("has a row for each key of delivery.config.ts, or names it in the row of what it is part of", () => {
    const missing = paths.filter((path) => {
      if (documented.has(path.join("."))) return false;
      const rows = path.map((_, index) => documented.get(path.slice(0, index).join(".")) ?? "");
      return !rows.some((row) =>
        new RegExp(`\\b${path.at(-1)}\\b`, "u").test(row.slice(row.indexOf("|", 2))),
      );
    });

    expect(paths.length).toBeGreaterThan(documented.size);
    expect(missing.map((path) => path.join("."))).toEqual([]);
  });

  test("has no row for a key that isn't there", () => {
    const known = new Set(
      paths.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join("."))),
    );

    expect([...documented.keys()].filter((key) => !known.has(key))).toEqual([]);
  });

  test("lists what a notification tells unless it is said otherwise", () => {
    const told = configurationSchema.shape.notifications.parse([{ urlFrom: "HOOK" }])[0]?.on ?? [];

    expect(documented.get("notifications")).toContain(`\`${told.join(" ")}\`, all by default`);
  });

  test("names each variable that delivery's source reads", () => {
    const [, ours = ""] = CONFIGURATION_MD.split("\n## Variables that delivery reads\n");
    const reads = /(?:\b(?:env|inherited)\["|secretFrom\(env, "|^\s+)(GITHUB_[A-Z_]+(?=: )|[A-Z_]+(?="))/gmu;
    const read = new Set([...deliverySource().matchAll(reads)].map(([, name = ""]) => name));
    // Handed on, as all of the environment is.
    read.delete("NO_PROXY");

    expect([...read]).toEqual(expect.arrayContaining(["CLOUDFLARE_API_TOKEN", "GITHUB_RUN_ID", "GH_TOKEN"]));
    expect([...read].filter((name) => !ours.includes(`\`${name}\``))).toEqual([]);
  });
});

/** All of it, without the tests. */
function deliverySource(): string {
  const folder = new URL("../../packages/delivery/src/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const own = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return own.map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
}
