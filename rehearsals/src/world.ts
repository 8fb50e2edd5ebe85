import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { startCloud, type Cloud } from "./cloud.ts";
import type { Ready } from "./cloud-process.ts";

export type EnvironmentName = "staging" | "production";

/** A local cloud with what FM5 needs of it. */
export interface World extends Cloud {
  /** What each environment's Worker and migrations are given. */
  readonly secrets: Readonly<Record<EnvironmentName, Readonly<Record<string, string>>>>;
  /** Variables for a command that delivers to an environment. */
  deliveryEnv(environment: EnvironmentName): Readonly<Record<string, string>>;
}

export interface WorldOptions {
  readonly project: string;
  /** Where the cloud keeps its state; emptied first. */
  readonly dataDir: string;
  readonly ports: readonly [number, number, number];
}

const DATABASES = { staging: "fm5-staging", production: "fm5-production" } as const;
const BUCKETS = ["fm5-releases", "fm5-staging-files", "fm5-production-files"];

export async function createWorld({ project, dataDir, ports }: WorldOptions): Promise<World> {
  rmSync(dataDir, { recursive: true, force: true });
  const cloud = await startCloud({
    project,
    dataDir,
    ports,
    databases: Object.values(DATABASES),
    buckets: BUCKETS,
  });
  const secrets = {
    staging: secretsFor(cloud.ready, "staging"),
    production: secretsFor(cloud.ready, "production"),
  };
  return {
    ...cloud,
    secrets,
    deliveryEnv: (environment) => ({ ...cloud.machineEnv, ...cloud.sharedEnv, ...secrets[environment] }),
  };
}

function secretsFor({ databases }: Ready, environment: EnvironmentName): Readonly<Record<string, string>> {
  const database = databases[DATABASES[environment]];
  return {
    XATA_DATABASE_URL: database?.url ?? "",
    DIRECT_DATABASE_URL: database?.directUrl ?? "",
    JWT_SECRET: randomBytes(32).toString("base64"),
    BETTER_AUTH_SECRET: randomBytes(32).toString("base64"),
    RESEND_API_KEY: `re_${randomBytes(16).toString("hex")}`,
  };
}
