import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "testkit";
import type { Finished } from "../run.ts";
import type { Stage } from "./stage.ts";
import { workerSource } from "./worker.ts";

/** What people do with plain wrangler, past delivery. */

/** A day that no delivery knows. */
const BY_HAND = { number: 0, behaviour: {}, switched: false } as const;

/** Somebody deploys other code to the stage's environment. */
export function deployByHand(
  stage: Stage,
  { firstKey, tag }: { readonly firstKey?: string; readonly tag?: string } = {},
): Promise<Finished> {
  return inFolder({
    config: stage.theatre.shop.read("wrangler.json"),
    work: (folder) => {
      const tagged = tag === undefined ? [] : ["--tag", tag];
      const argv = ["deploy", "--env", stage.environment, "--keep-vars", ...tagged];
      if (firstKey === undefined) return stage.wrangler(argv, folder);
      writeFileSync(join(folder, "secrets.json"), JSON.stringify({ API_KEY: firstKey }));
      return stage.wrangler([...argv, "--secrets-file", "secrets.json"], folder);
    },
  });
}

/** Somebody sets a secret, which makes a version that serves at once. */
export async function putSecretByHand(stage: Stage, value: string): Promise<Finished> {
  const file = join(temporaryFolder("secret"), "secrets.json");
  writeFileSync(file, JSON.stringify({ API_KEY: value }));
  return stage.wrangler(["secret", "bulk", file, "--name", stage.worker]);
}

/** Another Worker gets a domain. @returns its name */
export async function openOtherWorker(stage: Stage, domain: string): Promise<string> {
  const name = `${stage.worker}-neighbour`;
  const config = JSON.stringify({
    name,
    main: "dist/index.mjs",
    compatibility_date: "2026-10-01",
    no_bundle: true,
    version_metadata: { binding: "CF_VERSION_METADATA" },
    routes: [{ pattern: domain, custom_domain: true }],
  });
  const { exitCode, stderr } = await inFolder({
    config,
    work: (folder) => stage.wrangler(["deploy"], folder),
  });
  if (exitCode !== 0) throw new Error(`the other Worker wasn't deployed: ${stderr}`);
  return name;
}

async function inFolder({
  config,
  work,
}: {
  readonly config: string;
  readonly work: (folder: string) => Promise<Finished>;
}): Promise<Finished> {
  const folder = temporaryFolder("by-hand");
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "wrangler.json"), config);
  writeFileSync(join(folder, "dist", "index.mjs"), workerSource(BY_HAND));
  const finished = await work(folder);
  rmSync(folder, { recursive: true });
  return finished;
}
