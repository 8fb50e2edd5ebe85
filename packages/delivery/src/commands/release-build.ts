import type { Context } from "../context.ts";
import { collectRelease } from "../adapters/collect-release.ts";
import { readCommit } from "../adapters/git.ts";
import { releaseId } from "../ids.ts";
import type { ReleaseManifest } from "../release/manifest.ts";
import type { Release } from "../release/release.ts";

/**
 * Builds the release of the checked-out commit, or takes the one that was built before.
 * A commit that isn't clean is always built anew, since its id doesn't tell its content.
 */
export async function buildRelease(context: Context, options: { readonly force: boolean }): Promise<Release> {
  const { settings, releases, reporter } = context;
  const commit = await readCommit(settings.root, settings.inherited);
  const id = releaseId(commit.committedAt, commit.commit, commit.dirty);
  const built = commit.dirty || options.force ? undefined : releases.readLocal(id);
  if (built) {
    reporter.say(`${id} was built before, ${describe(built.manifest)}`);
    return built;
  }
  reporter.say(`${id} is being built: ${settings.configuration.releases.build.join(" ")}`);
  const release = await collectRelease(settings, { ...commit, id });
  releases.writeLocal(release);
  reporter.say(`${id} is built, ${describe(release.manifest)}`);
  return release;
}

function describe({ archive, modules, assets }: ReleaseManifest): string {
  const kilobytes = Math.round(archive.sizeBytes / 1024);
  return `${archive.sha256.slice(0, 12)}, ${modules.length} modules, ${assets.length} assets, ${kilobytes} KiB`;
}
