import { join } from "node:path";
import { buildRelease } from "./deliver.ts";
import type { Stage } from "./stage.ts";

/** Patches that make bad releases, in the order in which they are delivered. */
const PATCHES = { A: "a-unhealthy.patch", B: "b-production-only.patch", C: "c-wrong.patch" } as const;

export type BadReleases = Readonly<Record<keyof typeof PATCHES, Promise<string>>>;

/** Begins to build the bad releases, one after the other, while other things go on. Each is a release id once it is built. */
export function buildBadReleases(stage: Stage): BadReleases {
  const { source, options, narrator } = stage;
  const build = async (name: keyof typeof PATCHES, order: number) => {
    const folder = await source.patched(join(options.project, "rehearsals", "faults", PATCHES[name]), order);
    const release = await buildRelease(stage, folder);
    narrator.say(`(in the meantime ${name} was built: ${PATCHES[name]}, ${release})`);
    return release;
  };
  const A = build("A", 1);
  const B = A.then(() => build("B", 2));
  const C = B.then(() => build("C", 3));
  // Whoever needs a release waits for it and sees its failure; until then nobody else must.
  for (const release of [A, B, C]) release.catch(() => undefined);
  return { A, B, C };
}
