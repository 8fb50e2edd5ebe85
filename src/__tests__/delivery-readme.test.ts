import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { healthReportSchema } from "health-contract/report";
import { temporaryFolder } from "testkit";
import { describe, expect, test } from "vitest";
import { unstable_readConfig as readWranglerConfig } from "wrangler";

const README = readFileSync(new URL("../../packages/delivery/README.md", import.meta.url), "utf8");

/** The one block of a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "u").exec(README)?.[1] ?? "";
}

interface Worker {
  fetch(request: Request, env: Readonly<Record<string, unknown>>): Promise<Response>;
}

describe("the Worker of delivery's README", () => {
  const folder = temporaryFolder("delivery-readme");
  writeFileSync(join(folder, "index.mjs"), block("js"));
  writeFileSync(join(folder, "wrangler.toml"), block("toml"));
  const health = async (env: Readonly<Record<string, unknown>>) => {
    const module = (await import(pathToFileURL(join(folder, "index.mjs")).href)) as {
      readonly default: Worker;
    };
    const metadata = { id: "version-1", tag: "r-1" };
    return module.default.fetch(new Request("https://shop.example.com/health"), {
      APP_ENV: "staging",
      CF_VERSION_METADATA: metadata,
      ...env,
    });
  };

  test("answers a health report of its own version", async () => {
    const answer = await health({ API_KEY: "key" });
    const report = healthReportSchema.parse(await answer.json());

    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-worker-version")).toBe("version-1");
    expect(report).toMatchObject({ status: "healthy", version: "version-1", environment: "staging" });
  });

  test("answers 503 without its secret", async () => {
    const answer = await health({});

    expect(answer.status).toBe(503);
    expect(healthReportSchema.parse(await answer.json()).status).toBe("unhealthy");
  });

  test.each(["staging", "production"])(
    "has in %s what a delivery needs of wrangler's configuration",
    (env) => {
      const config = readWranglerConfig({ config: join(folder, "wrangler.toml"), env });

      expect(config).toMatchObject({
        no_bundle: true,
        preview_urls: true,
        secrets: { required: ["API_KEY"] },
        version_metadata: { binding: "CF_VERSION_METADATA" },
        vars: { APP_ENV: env },
      });
    },
  );
});
