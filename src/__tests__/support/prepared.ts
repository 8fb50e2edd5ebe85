import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with a file for each thing that is prepared, once it is. */
    readonly prepared: string;
  }
}

/** `build`: a folder that holds the built app, `.output` and wrangler.toml. `database`: one that has all migrations, and isn't running. */
type Name = "build" | "database";
type Outcome = { readonly folder: string } | { readonly error: string };

const LOOK_EVERY_MS = 50;

/** Makes something beside the tests, so that those which don't need it need not wait. Never rejects: who needs it is told. */
export async function prepare(at: string, name: Name, make: () => Promise<string>): Promise<void> {
  const outcome: Outcome = await make().then(
    (folder) => ({ folder }),
    (error: unknown) => ({ error: String(error) }),
  );
  await writeFile(join(at, `${name}.part`), JSON.stringify(outcome));
  await rename(join(at, `${name}.part`), join(at, name));
}

/** The folder, once it is there. @throws Error what went wrong in making it */
export async function prepared(name: Name): Promise<string> {
  const text = await readFile(join(inject("prepared"), name), "utf8").catch(() => undefined);
  if (text === undefined) return sleep(LOOK_EVERY_MS).then(() => prepared(name));
  const outcome = JSON.parse(text) as Outcome;
  if ("error" in outcome) throw new Error(`the ${name} for the tests could not be made: ${outcome.error}`);
  return outcome.folder;
}
