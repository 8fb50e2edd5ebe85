import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DeliveryError } from "../errors.ts";
import { environmentOf, loadSettings, parseConfiguration } from "./load.ts";

const MINIMAL = {
  worker: { config: "wrangler.toml" },
  releases: { bucket: "releases", build: ["true"] },
  ledger: {},
  environments: { staging: { workerEnv: "staging", url: "https://staging.example.com" } },
};

function failure(work: () => unknown): DeliveryError {
  try {
    work();
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

function project(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "delivery-config-"));
  writeFileSync(join(folder, "delivery.config.ts"), source);
  return folder;
}

describe("the configuration file", () => {
  test("gets its defaults", () => {
    const configuration = parseConfiguration(MINIMAL);

    expect(configuration.worker.healthPath).toBe("/health");
    expect(configuration.ledger.remote).toBe("origin");
    expect(configuration.environments["staging"]?.approval).toBe("none");
  });

  test("with an unknown key is refused with the nearest key that exists", () => {
    const wrong = { ...MINIMAL, worker: { config: "wrangler.toml", healthPaht: "/h" } };

    const error = failure(() => parseConfiguration(wrong));

    expect(error).toMatchObject({ code: "CONFIGURATION", exitCode: 2 });
    expect(error.message).toContain("healthPaht");
    expect(error.hint).toBe('Did you mean "healthPath"?');
  });

  test.each([
    [[0, 10, 50], "must end with 100"],
    [[0, 50, 10, 100], "must rise"],
    [[-1, 100], "rollout.steps"],
  ])("with steps %j is refused with the place", (steps, what) => {
    const staging = { ...MINIMAL.environments.staging, rollout: { steps } };

    const { message } = failure(() => parseConfiguration({ ...MINIMAL, environments: { staging } }));

    expect(message).toContain("environments.staging.rollout.steps");
    expect(message).toContain(what);
  });

  test("with a value of the wrong kind is refused with the place", () => {
    const wrong = {
      ...MINIMAL,
      environments: { staging: { workerEnv: "staging", url: "staging.example.com" } },
    };

    expect(failure(() => parseConfiguration(wrong)).message).toContain("environments.staging.url");
  });

  test("with migrations and no database is refused, since none would ever be applied", () => {
    const releases = { ...MINIMAL.releases, migrations: "prisma/migrations" };

    const error = failure(() => parseConfiguration({ ...MINIMAL, releases }));

    expect(error).toMatchObject({ code: "CONFIGURATION", exitCode: 2 });
    expect(error.message).toContain("releases.migrations: no environment has a database");
    expect(error.hint).toContain('database: { urlFrom: "DATABASE_URL" }');
    const staging = { ...MINIMAL.environments.staging, database: { urlFrom: "DATABASE_URL" } };
    expect(parseConfiguration({ ...MINIMAL, releases, environments: { staging } }).releases).toMatchObject(
      releases,
    );
  });

  test("that is missing is refused with what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "delivery-none-"));

    await expect(loadSettings(folder, {})).rejects.toMatchObject({ code: "CONFIGURATION", exitCode: 2 });
  });
});

describe("an environment's name", () => {
  test("that is mistyped gets the nearest one suggested", () => {
    const error = failure(() => environmentOf(parseConfiguration(MINIMAL), "stagng"));

    expect(error).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(error.hint).toContain('"staging"');
  });

  test("of an object's own machinery is no environment", () => {
    expect(failure(() => environmentOf(parseConfiguration(MINIMAL), "constructor")).code).toBe("USAGE");
  });
});

describe("settings from the environment", () => {
  const source = `export default ${JSON.stringify({ ...MINIMAL, secrets: { KEY: { form: { pattern: ".+", description: "any" }, readers: ["worker"] } } })};`;

  test("redirect every environment to a local edge and the ledger to a local repository", async () => {
    const settings = await loadSettings(project(source), {
      DELIVERY_CONNECT_TO: "http://127.0.0.1:8701",
      DELIVERY_LEDGER_REMOTE: "/tmp/ledger.git",
      CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:8700/client/v4/",
    });

    expect(settings.configuration.environments["staging"]?.connectTo).toBe("http://127.0.0.1:8701");
    expect(settings.configuration.ledger.remote).toBe("/tmp/ledger.git");
    expect(settings.cloudflare.apiBaseUrl).toBe("http://127.0.0.1:8700/client/v4");
  });

  test("that are set but empty count as not set", async () => {
    const settings = await loadSettings(project(source), {
      CLOUDFLARE_API_BASE_URL: "",
      CLOUDFLARE_API_TOKEN: "",
    });

    expect(settings.cloudflare.apiBaseUrl).toBe("https://api.cloudflare.com/client/v4");
    expect(settings.cloudflare.apiToken).toBeUndefined();
  });

  test("never show a secret's value when they are printed", async () => {
    const settings = await loadSettings(project(source), {
      KEY: "hidden-value",
      CLOUDFLARE_API_TOKEN: "hidden-token",
    });

    const printed = `${JSON.stringify(settings.secrets.get("KEY"))} ${String(settings.cloudflare.apiToken)}`;

    expect(printed).toBe('"[secret KEY]" [secret CLOUDFLARE_API_TOKEN]');
  });
});
